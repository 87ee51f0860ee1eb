#!/usr/bin/env bash
# Programs that must not compile: tests/promises/run.sh BUILD_DIR. Each has to fail with its line and no other error.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:?tests/promises/run.sh needs the build folder, such as build/release}
passed=0 failed=0
for file in tests/promises/*.cpp; do
  expected=$(sed -n '1s|^// expect: ||p' "$file")
  said=$("${CXX:-c++}" -std=c++20 -fsyntax-only -I"$build/include" "$file" 2>&1)
  # The same line may come once for each way a handler is called.
  errors=$(printf '%s\n' "$said" | grep -E '(^|[ :])error: ' | sort -u | wc -l)
  if [ -n "$expected" ] && [ "$errors" -eq 1 ] && printf '%s\n' "$said" | grep 'error: ' | grep -qF -- "$expected"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $file: expected one error with: $expected"
    printf '%s\n' "$said" | grep -E 'error: ' | head -n 5
    [ "$errors" -eq 0 ] && echo "(it compiles, or the compiler said nothing)"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
