#!/usr/bin/env bash
# What a service is written with, beside what else there is: encoding and decoding a message in troupe, CAF, cereal and protobuf;
# routers and topics that send to 1 to 1,000; how long samples/hello compiles, and the same program in CAF.
#
#   tests/bench/service.sh            7 rounds, about ten minutes
#   tests/bench/service.sh --quick    3 rounds, a tenth of the size
#
# More options: --only codec,router,topic,compile --rounds N
# Prints a table and writes build/bench/service.json. Exits with 1 when any program gave a wrong result.
set -u
cd "$(dirname "$0")/../.." || exit 1
. .ci/prepare.sh
prepare_packages tests libcereal-dev libprotobuf-dev protobuf-compiler
prepare_build release service_bench
mkdir -p build/bench
exec build/release/tests/bench/service/service_compare build/release build/bench/service.json "$@"
