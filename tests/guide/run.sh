#!/bin/sh
# run.sh BUILD: runs what the guide's pages are made of, the tests and the programs (README.md). BUILD is an absolute path.
cd "$(dirname "$0")" || exit 1
passed=0 failed=0
count() { if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }

count "$1/tests/guide/guide_testing"
[ ! -x "$1/tests/guide/guide_gtest" ] || count "$1/tests/guide/guide_gtest"  # absent where GoogleTest is
for wanted in "$1"/tests/guide/*.printed; do
  name=$(basename "$wanted" .printed)
  echo "== $name"
  count ./run_program.sh "$1/tests/guide/guide_$name" "$wanted"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
