#!/usr/bin/env bash
# Runs fuzz targets until each has made so many executions: tests/fuzz/long.sh BUILD EXECUTIONS [TARGET...]. That takes hours; it may be stopped and
# goes on where it was. What was found to be new, how often each ran and what it reported stays in BUILD/long: corpora in `TARGET/`, executions in
# `TARGET.runs`, what failed in `TARGET-*`. Two of three slices are of short inputs, which reach the same code many times faster.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:?tests/fuzz/long.sh needs the build folder, such as build/fuzz}
wanted=${2:?tests/fuzz/long.sh needs the number of executions, such as 100000000}
shift 2
long=$build/long seconds=${SLICE:-120}
mkdir -p "$long"

ran() { cat "$long/$1.runs" 2>/dev/null || echo 0; }

# A small quarantine and short stacks: the longer ones are for reading a report, and an input that is kept reports again.
slice() {
  local target=$1 log runs shape=(-max_len=128 -entropic=0) slices
  slices=$(cat "$long/$target.slices" 2>/dev/null || echo 0)
  [ $((slices % 3)) -eq 2 ] && shape=(-max_len=4096)
  log=$(mktemp) || return 1
  mkdir -p "$long/$target"
  ASAN_OPTIONS=malloc_context_size=1:quarantine_size_mb=4:thread_local_quarantine_size_kb=64 "$build/tests/fuzz/fuzz_$target" \
    "${shape[@]}" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$long/$target-" \
    "$long/$target" "tests/fuzz/seeds/$target" >"$log" 2>&1
  local rc=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  echo $((slices + 1)) >"$long/$target.slices"
  echo $(($(ran "$target") + ${runs:-0})) >"$long/$target.runs"
  [ "$rc" -eq 0 ] || { cp "$log" "$long/$target.failed"; tail -n 40 "$log"; }
  rm -f "$log"
  return "$rc"
}

if [ "${1:-}" = --slice ]; then
  slice "$2"
  exit
fi
targets=("$@")
[ ${#targets[@]} -gt 0 ] || for seeds in tests/fuzz/seeds/*/; do targets+=("$(basename "$seeds")"); done
for target in "${targets[@]}"; do
  [ -x "$build/tests/fuzz/fuzz_$target" ] || { echo "there is no $build/tests/fuzz/fuzz_$target: cmake --build --preset fuzz --target fuzzers" >&2; exit 1; }
done
for (( ; ; )); do
  left=()
  for target in "${targets[@]}"; do [ "$(ran "$target")" -ge "$wanted" ] || left+=("$target"); done
  [ ${#left[@]} -gt 0 ] || break
  printf '%s\n' "${left[@]}" | xargs -P "$(nproc)" -I{} "$0" "$build" "$wanted" --slice {} || { echo "a target failed: see $long" >&2; exit 1; }
done
for target in "${targets[@]}"; do printf 'ok       %s: %s executions\n' "$target" "$(ran "$target")"; done
