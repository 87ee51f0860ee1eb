#!/usr/bin/env bash
# Installs the library and builds the ten-line programs beside this script against it with find_package(troupe); then runs
# them. Argument: the build folder to install from. What it makes stays in BUILD/install-test, so a run after which nothing
# has changed installs and compiles nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
from=$(cd "$1" && pwd)
place=$from/install-test
mkdir -p "$place/prefix"
cmake --install "$from" --prefix "$place/prefix" >"$place/install.log" || { tail -n 5 "$place/install.log"; exit 1; }
# What only an earlier run installed would hide that it is missing now.
find "$place/prefix" ! -type d | { grep -vxFf "$from/install_manifest.txt" || true; } | xargs -d '\n' -r rm -v
cmake -S "$here" -B "$place/build" -G Ninja -DCMAKE_PREFIX_PATH="$place/prefix" -DCMAKE_BUILD_TYPE=Release
cmake --build "$place/build"
answer=$("$place/build/ten_lines")
[ "$answer" = "42" ] || { echo "expected 42, got '$answer'"; exit 1; }
# CAF's networking is for who asks for it.
if ldd "$place/build/ten_lines" | grep -q libcaf_io; then
  echo "a program that links troupe::troupe alone is linked to libcaf_io"
  exit 1
fi
answer=$("$place/build/published")
[ "$answer" = "42" ] || { echo "expected 42 from published, got '$answer'"; exit 1; }
echo "2 passed, 0 failed"
