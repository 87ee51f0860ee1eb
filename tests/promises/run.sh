#!/usr/bin/env bash
# Programs that must not compile: tests/promises/run.sh BUILD_DIR [--keep]. The first error line of each is the one in the text file
# beside it, for g++ and for clang++, and g++ says no other. With --keep the text files are written anew, to be read and committed.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:?tests/promises/run.sh needs the build folder, such as build/release}
keep=${2:-}

# The name of a compiler in the text files, and the version they were written with.
compilers=("g++ 12")
command -v clang++ >/dev/null && compilers+=("clang++ 14")

# Every error line of FILE as COMPILER says it, without the place inside of the library: that changes with every line added there.
errors_of() {
  "$1" -std=c++20 -fsyntax-only -I"$build/include" "$2" 2>&1 | grep -E '(^|[ :])error: ' |
    sed -E "s|^.*$build/include/||; s|^(troupe/[^:]*):[0-9]+:[0-9]+:|\1:|"
}

# look_at FILE: compares what the compilers say of it with its text file; prints what differs.
look_at() {
  local file=$1 text=${1%.cpp}.txt one name version said first wanted ok=1 kept=
  for one in "${compilers[@]}"; do
    name=${one% *} version=${one#* }
    said=$(errors_of "$name" "$file")
    first=${said%%$'\n'*}
    if [ -n "$keep" ]; then
      kept+="$name: $first"$'\n'
      continue
    fi
    wanted=$(sed -n "s|^$name: ||p" "$text")
    # Another version has its own words around ours.
    if [ "$("$name" -dumpversion | cut -d. -f1)" != "$version" ]; then
      wanted=$(printf '%s' "$wanted" | grep -oE 'troupe: [^"]*')
      case $first in *"$wanted"*) [ -n "$wanted" ] && first=$wanted ;; esac
    fi
    if [ -z "$first" ] || [ "$first" != "$wanted" ]; then
      ok=0
      printf 'FAILED %s with %s\n  should say: %s\n  says:       %s\n' "$file" "$name" "$wanted" "${first:-(it compiles)}"
    elif [ "$name" = g++ ] && [ "$(printf '%s\n' "$said" | sort -u | wc -l)" -ne 1 ]; then
      ok=0
      printf 'FAILED %s with %s: more than the one line\n%s\n' "$file" "$name" "$said"
    fi
  done
  [ -z "$keep" ] || printf '%s' "$kept" >"$text"
  [ "$ok" -eq 1 ]
}

# As many at once as there are cores: each is a compiler's work.
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
running=0
for file in tests/promises/*.cpp; do
  name=$(basename "$file" .cpp)
  (look_at "$file" >"$results/$name.said" && touch "$results/$name.passed") &
  running=$((running + 1))
  [ "$running" -lt "$(nproc)" ] || { wait -n && running=$((running - 1)) || running=$((running - 1)); }
done
wait
cat "$results"/*.said
[ "${#compilers[@]}" -eq 2 ] || echo "clang++ is not there: its lines were not looked at"
all=$(ls tests/promises/*.cpp | wc -l)
passed=$(ls "$results" | grep -c '\.passed$')
echo "$passed passed, $((all - passed)) failed"
[ "$passed" -eq "$all" ]
