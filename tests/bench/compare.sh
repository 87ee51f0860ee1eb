#!/usr/bin/env bash
# troupe beside stock CAF 0.17 and Erlang/OTP: the same work in each, in turns, on this machine.
#
#   tests/bench/compare.sh local                  messages, actors, memory: 5 rounds, the better part of an hour
#   tests/bench/compare.sh supervision            restarts, children, groups beside OTP's supervisor: some minutes
#   tests/bench/compare.sh remote                 two processes on loopback, beside BASP, Erlang's distribution and bare TCP: half an hour
#   tests/bench/compare.sh local --quick          1 round, a tenth of the size or so
#
# More options, to look at a part: --only pingpong,ring --workers 1 --rounds 3 --by troupe,caf
# Prints a table and writes build/bench/local.json, supervision.json or remote.json. Exits with 1 when any program gave a wrong result.
set -u
cd "$(dirname "$0")/../.." || exit 1
. .ci/prepare.sh
suite=${1:-}
case $suite in
  local | supervision) shift; programs=local sources=(tests/bench/local/erlang/*.erl) ;;
  remote) shift; programs=remote sources=(tests/bench/local/erlang/bench_main.erl tests/bench/remote/erlang/*.erl) ;;
  *) fail "usage: tests/bench/compare.sh local|supervision|remote [--quick] [--only ...] [--workers ...] [--rounds N] [--by ...]" ;;
esac
prepare_packages erlang-base
prepare_build release "${programs}_bench"
beams=build/bench/erlang
mkdir -p "$beams"
erlc -Wall -o "$beams" "${sources[@]}" || fail "the Erlang modules do not compile"
exec build/release/tests/bench/local/local_compare "build/release/tests/bench/$programs" "$beams" "build/bench/$suite.json" \
  --suite "$suite" "$@"
