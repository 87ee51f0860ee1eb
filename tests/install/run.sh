#!/usr/bin/env bash
# Installs the library to a fresh place and builds the ten-line program beside this script against it with
# find_package(troupe); then runs it. Argument: the build folder to install from.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
from=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cmake --install "$from" --prefix "$place/prefix" >"$place/install.log" || { tail -n 5 "$place/install.log"; exit 1; }
cmake -S "$here" -B "$place/build" -G Ninja -DCMAKE_PREFIX_PATH="$place/prefix" -DCMAKE_BUILD_TYPE=Release
cmake --build "$place/build"
answer=$("$place/build/ten_lines")
[ "$answer" = "42" ] || { echo "expected 42, got '$answer'"; exit 1; }
echo "1 passed, 0 failed"
