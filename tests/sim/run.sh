#!/usr/bin/env bash
# The simulations: seeds that were never run before for some time, a seed's log under other conditions of memory, and the planted bugs.
#
#   tests/sim/run.sh BUILD [--seconds N] [--first SEED]
#     --seconds N     so long new seeds are run, the same ones of each scenario; 20 if not said. The rest takes about half a minute
#     --first SEED    where they begin: the range that a log has, again. If it is not said the minute decides, so that every run has its own
set -u
build=${1:?tests/sim/run.sh needs the build folder, such as build/release}
shift
seconds=20 first=$(($(date +%s) / 60 * 1000 + 1))
while [ $# -gt 0 ]; do
  case $1:${2-} in
    --seconds:[1-9]*) seconds=$2 ;;
    --first:[1-9]*) first=$2 ;;
    *) printf 'tests/sim/run.sh knows --seconds N and --first SEED, not %s\n' "$*" >&2; exit 2 ;;
  esac
  shift 2
done
sim=$build/tests/sim/troupe_sim
passed=0 failed=0
check() {
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    printf 'ok       %s\n' "$what"
  else
    failed=$((failed + 1))
    printf 'FAILED   %s\n' "$what"
  fi
}

# D1: address randomisation, another allocator and other contents of fresh memory change nothing.
hash_of() { "$@" "$sim" --scenario "$scenario" --seeds "1-$seeds" | grep -oE 'hash [0-9a-f]+'; }
jemalloc=$(ldconfig -p | awk '/libjemalloc\.so\.2/ {print $NF; exit}')
same_under() {
  local got
  got=$(hash_of "$@")
  [ -n "$got" ] && [ "$got" = "$expected" ] || { printf '%s: expected %s, got %s\n' "$*" "$expected" "$got"; return 1; }
}
for scenario in kv_3 watch traffic link far_children services restart middlebox; do
  seeds=20
  [ "$scenario" = restart ] || [ "$scenario" = middlebox ] && seeds=5
  expected=$(hash_of env)
  printf '%s, seeds 1-%s: %s\n' "$scenario" "$seeds" "$expected"
  check "D1: $scenario, again" same_under env
  check "D1: $scenario, without address randomisation" same_under setarch -R
  check "D1: $scenario, fresh memory is not zero" same_under env MALLOC_PERTURB_=165
  check "D1: $scenario, another allocator" same_under env LD_PRELOAD="${jemalloc:-libjemalloc.so.2}"
done

# A bug that is planted must be found, and its report must bring it back.
finds() {
  local log again
  log=$("$sim" --scenario "$2" --mutant "$1" --seeds 1-1000)
  [ $? -eq 1 ] || { printf 'mutant %s was not found in 1000 seeds of %s\n' "$1" "$2"; return 1; }
  again=$(printf '%s\n' "$log" | sed -n 's/^ *again: troupe_sim //p' | head -n 1)
  eval "\"\$sim\" $again" >/dev/null
  [ $? -eq 1 ] || { printf 'mutant %s: "troupe_sim %s" does not bring it back\n' "$1" "$again"; return 1; }
}
while read -r _ name rest; do check "the planted bug $name is found" finds "$name" "${rest##* }"; done < <("$sim" --list | grep '^mutant')

# What operator new finds out about the stack is still so: handlers' own allocations do fail, and nothing but a handler's does, or a node would end.
some_fail() { [ "$("$sim" --scenario restart --seeds 3 --log | grep -c "makes an allocation fail")" -gt 5 ]; }
check "allocations of handlers fail" some_fail

# Causes are not in the hash: they follow from the seed all the same, wherever in memory messages lie.
view_of() { "$@" "$sim" --scenario restart --seeds 3 --view json 2>/dev/null | sha256sum; }
same_causes() { [ "$(view_of env)" = "$(view_of env LD_PRELOAD="${jemalloc:-libjemalloc.so.2}" MALLOC_PERTURB_=165)" ]; }
check "D1: the causes of restart, another allocator" same_causes

# What supervision holds does not grow with the failures there have been.
check "a day with a failure each second: the memory is flat" "$sim" --scenario day --seeds "$first"

# Seeds nobody has run. Their range is in the log before and after, so that it is known too where the time box ends it.
new_seeds() {
  printf 'new seeds from %s on, for %s s; again: tests/sim/run.sh %s --seconds %s --first %s\n' "$first" "$seconds" "$build" "$seconds" "$first"
  "$sim" --seeds "$first" --seconds "$seconds"
}
check "new seeds" new_seeds
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
