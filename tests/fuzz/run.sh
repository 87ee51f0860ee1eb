#!/usr/bin/env bash
# Runs the fuzz targets from their seeds, as many at once as there are cores: tests/fuzz/run.sh BUILD [SECONDS]. SECONDS is how long each
# runs; 12 if not said. What a target finds stays in BUILD/found. Ends with the line `N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:?tests/fuzz/run.sh needs the build folder, such as build/fuzz}
seconds=${2:-12}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$build/found"

# What it finds on the way is its corpus while it runs; the seeds in the tree are read and stay as they are.
fuzz() {
  local target=$1
  mkdir "$work/$target"
  "$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="$build/found/$target-" "$work/$target" "tests/fuzz/seeds/$target" >"$work/$target.log" 2>&1 &&
    grep -q '^stat::number_of_executed_units: *[1-9]' "$work/$target.log" && touch "$work/$target.passed"
}
targets=() running=0
for seeds in tests/fuzz/seeds/*/; do targets+=("$(basename "$seeds")"); done
for target in "${targets[@]}"; do
  fuzz "$target" &
  running=$((running + 1))
  [ "$running" -lt "$(nproc)" ] || { wait -n && running=$((running - 1)) || running=$((running - 1)); }
done
wait
passed=0 failed=0
for target in "${targets[@]}"; do
  if [ -e "$work/$target.passed" ]; then
    passed=$((passed + 1))
    printf 'ok       %s: %s inputs\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$target.log")"
  else
    failed=$((failed + 1))
    printf 'FAILED   %s\n' "$target"
    tail -n 40 "$work/$target.log"
  fi
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
