#!/usr/bin/env bash
# Builds and runs all tests; ends with the line `N passed, N failed`.
#
#   tests/run.sh            release build, all tests in their time boxes
#   tests/run.sh --full     everything, without time boxes: under ASan+UBSan and TSan as well, the fuzz targets, the demo
#   tests/run.sh --preset P the tests of one preset (release, debug, asan, tsan)
#   tests/run.sh --ci       what CI runs: release, ASan+UBSan, tidy, promises, scripts, install, demo, two minutes of fuzzing
#   tests/run.sh --conformance [--seeds N]   what OTP and Pekko promise, a line for each case, and docs/supervision-conformance.md anew
set -u
cd "$(dirname "$0")/.." || exit 1
. .ci/prepare.sh

presets=(release) mode=default seeds=20
while [ $# -gt 0 ]; do
  case $1 in
    --full) mode=full presets=(release asan tsan) ;;
    --ci) mode=ci presets=(release asan) ;;
    --conformance) mode=conformance ;;
    --seeds)
      [ $# -gt 1 ] || fail "--seeds needs a number: from how many seeds each case is simulated"
      seeds=$2
      shift
      ;;
    --preset)
      [ $# -gt 1 ] || fail "--preset needs a name: release, debug, asan or tsan"
      presets=("$2")
      shift
      ;;
    *) fail "tests/run.sh knows --full, --ci, --conformance [--seeds N] and --preset NAME, not '$1'" ;;
  esac
  shift
done

# Seconds for each build from nothing, on two cores that do nothing else three times what it takes.
box_of_build() {
  case $mode:$1 in
    full:*) echo 86400 ;;
    *:asan | *:tsan) echo 2700 ;;
    *) echo 2400 ;;
  esac
}

began=$(date +%s) passed=0 failed=0 failures=
# Counts one test program or script: part NAME BOX_SECONDS COMMAND...; its own `N passed, N failed` line counts if it has one.
part() {
  local name=$1 box=$2 log started took counts p f
  shift 2
  log=build/test-$name.log
  [ "$mode" = full ] && box=86400
  started=$(date +%s)
  if timeout --foreground "$box" "$@" >"$log" 2>&1; then local code=0; else local code=$?; fi
  took=$(($(date +%s) - started))
  counts=$(grep -aoE '[0-9]+ passed, +[0-9]+ failed|test cases: +[0-9]+ \| +[0-9]+ passed \| +[0-9]+ failed' "$log" | tail -n 1)
  p=$(printf '%s' "$counts" | grep -oE '[0-9]+ passed' | grep -oE '[0-9]+')
  f=$(printf '%s' "$counts" | grep -oE '[0-9]+ failed' | grep -oE '[0-9]+')
  [ "$code" -eq 0 ] && : "${p:=1}" "${f:=0}" || : "${p:=0}" "${f:=1}"
  [ "$code" -ne 0 ] && [ "$f" -eq 0 ] && f=1
  passed=$((passed + p)) failed=$((failed + f))
  printf '   %-22s %5d passed, %3d failed  (%d s of %s)\n' "$name" "$p" "$f" "$took" "$box"
  if [ "$code" -ne 0 ]; then
    failures+="$(
      printf '\n== %s failed (all of it: %s)\n' "$name" "$log"
      [ "$code" -eq 124 ] && say "it did not end within its box of $box s"
      # doctest: a block for each failure, the test's name above it and what was compared below. What failed as it should is none.
      awk -v RS='=====+\n' '/ERROR: / && !/marking it as not failed/' "$log" | head -n 60
      grep -aE -A7 'FAILED|AddressSanitizer|ThreadSanitizer|runtime error' "$log" | head -n 60
      # Of what has leaked, where the first of it came from.
      grep -aE -m1 -A25 '(Direct|Indirect) leak of' "$log"
      tail -n 5 "$log"
    )"$'\n'
  fi
}

# ThreadSanitizer needs no suppressions: tests/tsan/caf_order.cpp tells it what it cannot see. LeakSanitizer has one, of CAF's.
export LSAN_OPTIONS="suppressions=$PWD/tests/asan/caf.supp:print_suppressions=0"
export TSAN_OPTIONS="history_size=7 second_deadlock_stack=1 die_after_fork=0" ASAN_OPTIONS="detect_stack_use_after_return=1" UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"

prepare_packages tests
case $mode in ci | full) prepare_packages ci ;; esac
if [ "$mode" = conformance ]; then
  preset=${presets[0]}
  prepare_build --within "$(box_of_build "$preset")" "$preset" conformance_tests
  exec "build/$preset/tests/conformance/conformance_tests" --seeds "$seeds" --write-page docs/supervision-conformance.md
fi
for preset in "${presets[@]}"; do
  # The parts that need more than the unit tests use the first preset's programs.
  targets=()
  [ "$preset" = "${presets[0]}" ] || targets=(unit_tests stack_tests conformance_tests samples stress)
  prepare_build --within "$(box_of_build "$preset")" "$preset" "${targets[@]}"
  say "== tests, $preset"
  part "unit-$preset" 900 tests/halves.sh "build/$preset/tests/unit_tests" --no-intro
  part "stacks-$preset" 60 "build/$preset/tests/stacks/stack_tests" --no-intro
  # Each case from a thousand seeds, where somebody has the time and no sanitizer takes it.
  played=$seeds
  [ "$mode" != default ] && [ "$preset" = release ] && played=1000
  part "conformance-$preset" 240 "build/$preset/tests/conformance/conformance_tests" --seeds "$played" --page docs/supervision-conformance.md
  part "samples-$preset" 720 tests/samples/run.sh "build/$preset"
  [ "$preset" = "${presets[0]}" ] && part "guide-$preset" 120 tests/guide/run.sh "$PWD/build/$preset"
  [ "$preset" = "${presets[0]}" ] && part "gtest-$preset" 60 "build/$preset/tests/testkit/testkit_gtest"
  # Past its patience it says what is missing; its box would only end it.
  stress=(--seed 1 --seconds 10 --patience 40)
  [ "$mode" = full ] && [ "$preset" != release ] && stress=(--seed 1 --seconds 600)
  part "stress-$preset" 60 "build/$preset/tests/stress/stress" "${stress[@]}"
  # Real processes with bounds on their memory: those hold without sanitizers only.
  if [ "$preset" = release ]; then
    part "scenario-$preset" 240 "build/$preset/tests/scenario/scenario_tests" --no-intro
    cycles=10
    [ "$mode" = full ] && cycles=1000
    part "peers-$preset" 240 "build/$preset/tests/peers/peers_tests" --no-intro --cycles "$cycles"
  fi
done
say "== the tree"
# Three minutes of seeds that nobody has run before; less where somebody waits.
seeds_seconds=180
[ "$mode" = default ] && seeds_seconds=30
part sim 420 tests/sim/run.sh "build/${presets[0]}" --seconds "$seeds_seconds"
[ "${presets[0]}" = release ] && part sim-speed 60 tests/sim/speed.sh build/release  # a sanitizer is slower
part tidy 60 "build/${presets[0]}/tests/tidy/tidy"
part headers 60 tests/headers/light.sh "build/${presets[0]}"
# Each header by itself, some four hundred units: where nobody waits.
[ "$mode" != full ] || [ "${presets[0]}" != release ] || part headers-alone 1200 ninja -C build/release headers_alone
part promises 300 tests/promises/run.sh "build/${presets[0]}"
part scripts 120 tests/scripts/run.sh
if [ "$mode" != default ] || [ "${presets[0]}" = release ]; then
  part install 240 tests/install/run.sh "build/${presets[0]}"
fi
case $mode in
  ci) part demo 240 samples/demo.sh --quick ;;
  full) part demo 600 samples/demo.sh ;;
esac
case $mode in
  ci | full)
    prepare_build --within "$(box_of_build fuzz)" fuzz fuzzers
    fuzz_seconds=12  # for each of ten
    [ "$mode" = full ] && fuzz_seconds=60
    part fuzz 600 tests/fuzz/run.sh build/fuzz "$fuzz_seconds"
    ;;
esac
# Last, where the reader of a long log looks first.
printf '%s' "$failures"
say "all of it took $(($(date +%s) - began)) s"
say "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
