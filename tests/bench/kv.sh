#!/usr/bin/env bash
# The kv sample beside redis-server, and how long its failures are felt. Data is written below build/, so build/ should be
# on the disk that is meant.
#
#   tests/bench/kv.sh           5 rounds
#   tests/bench/kv.sh --quick   1 round, a fifth of the requests
set -u
cd "$(dirname "$0")/../.." || exit 1
. .ci/prepare.sh
prepare_packages tests
prepare_build release kv_bench
mkdir -p build/bench
exec build/release/tests/bench/kv_bench build/bench "$@"
