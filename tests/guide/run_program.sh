#!/bin/sh
# run_program.sh PROGRAM WANTED: runs a program of the guide. It must end with 0 and print the lines of WANTED, in their order.
set -u
printed=$("$1") || {
  echo "$1 ended with $?" >&2
  exit 1
}
printf '%s\n' "$printed" | awk -v wanted="$2" '
  BEGIN { while ((getline line < wanted) > 0) want[++count] = line; next_one = 1 }
  { print }
  next_one <= count && $0 == want[next_one] { ++next_one }
  END { if (next_one <= count) { print "the guide says it prints: " want[next_one] > "/dev/stderr"; exit 1 } }'
