#!/usr/bin/env bash
# Runs the tests of the project's scripts; ends with the line `N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 1
. .ci/prepare.sh

passed=0 failed=0
# check WHAT COMMAND...: the command says whether WHAT holds.
check() {
  if "${@:2}"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    say "FAILED: $1"
  fi
}
. tests/scripts/certificates_test.sh
. tests/scripts/contract_test.sh
. tests/scripts/demo_test.sh
. tests/scripts/prepare_test.sh
. tests/scripts/readme_test.sh
say "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
