#!/usr/bin/env bash
# Runs the samples as their READMEs say: tests/samples/run.sh BUILD_DIR [SAMPLE]. Ends with the line `N passed, N failed`.
#
# tests/samples/SAMPLE.runs has a line a run: EXIT_CODE | ARGUMENTS | EXPECTED [| LOG]. The run must end by itself with that code, and its
# last line match the extended regular expression EXPECTED. Its log must be empty, or match LOG; `-`: whatever it is. A run that is
# broken on purpose shows that a sample notices. EXPECTED may be `= FILE` instead: all of its output is what is in tests/samples/FILE, which
# says what has changed where it is not. %T in the arguments is a directory of the sample's own, which its runs share;
# `kill SECONDS` before them ends the run with SIGKILL after that time: its exit code and last line are not looked at;
# `typed FILE` before them types what is in tests/samples/FILE.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:?tests/samples/run.sh needs the build folder, such as build/release}
only=${2-}
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad() {
  failed=$((failed + 1))
  printf 'FAILED %s\n' "$*"
  tail -n 15 "$work/out" "$work/log"
}
trimmed() { local text=${1#"${1%%[![:space:]]*}"}; printf '%s' "${text%"${text##*[![:space:]]}"}"; }
for folder in samples/*/; do
  sample=$(basename "$folder")
  [ -z "$only" ] || [ "$only" = "$sample" ] || continue
  [ "$sample" != kv ] || continue  # the scenario tests and the demo run it
  runs=tests/samples/$sample.runs
  [ -r "$runs" ] || { failed=$((failed + 1)); echo "FAILED $sample: there is no $runs"; continue; }
  mkdir "$work/$sample"
  while IFS='|' read -r code arguments expected log; do
    [ -n "$code" ] || continue
    code=$(trimmed "$code") arguments=$(trimmed "$arguments") expected=$(trimmed "$expected") log=$(trimmed "${log-}")
    read -ra words <<<"${arguments//%T/$work/$sample}"
    # For a run that never ends; `replay` takes a minute under ASan where nothing else runs.
    limit=(timeout --foreground 240) typed=/dev/null
    [ "${words[0]-}" != typed ] || { typed=tests/samples/${words[1]}; words=("${words[@]:2}"); }
    [ "${words[0]-}" != kill ] || { limit=(timeout --foreground -s KILL "${words[1]}"); words=("${words[@]:2}"); }
    "${limit[@]}" "$build/samples/$sample/$sample" "${words[@]}" <"$typed" >"$work/out" 2>"$work/log"
    ended=$?
    if [ "${limit[2]}" = -s ]; then
      passed=$((passed + 1))
    elif [ "$ended" -ne "$code" ]; then
      bad "$sample $arguments: expected exit code $code, it ended with $ended"
    elif [ "${expected#= }" != "$expected" ]; then
      if diff -u "tests/samples/${expected#= }" "$work/out" >"$work/changed"; then
        passed=$((passed + 1))
      else
        bad "$sample $arguments: its output is not tests/samples/${expected#= }:"
        cat "$work/changed"
      fi
    elif ! tail -n 1 "$work/out" | grep -qE -- "$expected"; then
      bad "$sample $arguments: expected a last line like: $expected"
    elif [ -z "$log" ] && [ -s "$work/log" ]; then
      bad "$sample $arguments: expected no log"
    elif [ -n "$log" ] && [ "$log" != - ] && ! grep -qE -- "$log" "$work/log"; then
      bad "$sample $arguments: expected a log line like: $log"
    else
      passed=$((passed + 1))
    fi
  done <"$runs"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
