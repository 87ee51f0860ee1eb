#!/usr/bin/env bash
# How long the compiler takes for samples/hello, or for the same program in CAF. One run, one figure for the driver:
#
#   compile.sh troupe|caf FIGURE BUILD_DIR
#
# FIGURE: hello_O0, hello_O2, or hello_pch (-O2 behind a precompiled <troupe/troupe.hpp> or <caf/all.hpp>). Processor time of the
# compiler: what else the machine does counts less than on the clock.
set -u
who=$1 figure=$2 build=$3
scratch=$build/bench/compile-$who-$figure
mkdir -p "$scratch" || exit 1
case $who in
  troupe) source=samples/hello/main.cpp all='#include <troupe/troupe.hpp>' ;;
  caf) source=tests/bench/service/compile/hello_caf.cpp all='#include <caf/all.hpp>' ;;
esac
flags=(-std=c++20 "-I$build/include" -c "$source" -o "$scratch/hello.o")
case $figure in
  hello_O0) flags+=(-O0) ;;
  hello_O2) flags+=(-O2) ;;
  hello_pch)
    flags+=(-O2)
    if [ ! -e "$scratch/all.hpp.gch" ] || [ -n "$(find -L "$build/include" -newer "$scratch/all.hpp.gch" -name '*.hpp' -print -quit)" ]; then
      printf '%s\n' "$all" >"$scratch/all.hpp"
      g++ -std=c++20 -O2 "-I$build/include" -x c++-header "$scratch/all.hpp" -o "$scratch/all.hpp.gch" || exit 1
    fi
    flags+=(-include "$scratch/all.hpp")
    ;;
esac
TIMEFORMAT='%U %S'
took=$({ time g++ "${flags[@]}" >&2; } 2>&1) || { printf '%s\n' "$took" >&2; exit 1; }
awk -v figure="$figure" '{printf "figure=%s value=%.3f unit=s\n", figure, $1 + $2}' <<<"$took"
