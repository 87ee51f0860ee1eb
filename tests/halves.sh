#!/usr/bin/env bash
# Runs a doctest program as two processes at once, each with half of its test cases: one core alone would take twice as long.
# tests/halves.sh PROGRAM [ARGUMENT ...] ends with the line `N passed, N failed`.
set -u
program=${1:?tests/halves.sh needs a doctest program}
shift
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cases=$("$program" --count "$@" 2>/dev/null | sed -nE 's/.*unskipped test cases[^0-9]*([0-9]+).*/\1/p')
[ "${cases:-0}" -gt 1 ] || { echo "FAILED: $program does not say how many test cases it has"; exit 1; }
"$program" "$@" --last=$((cases / 2)) >"$work/first" 2>&1 &
first=$!
"$program" "$@" --first=$((cases / 2 + 1)) >"$work/second" 2>&1
second_ended=$?
wait "$first"
first_ended=$?
cat "$work/first" "$work/second"
# Each process counts the other's cases as passed, so what failed is what counts. One that was ended early says nothing of the rest.
failed=$(cat "$work/first" "$work/second" | sed -nE 's/^\[doctest\] test cases: .* ([0-9]+) failed.*/\1/p' | awk '{n += $1} END {print n + 0}')
{ [ "$first_ended" -eq 0 ] && [ "$second_ended" -eq 0 ]; } || [ "$failed" -gt 0 ] || failed=1
[ "$(cat "$work/first" "$work/second" | grep -c '^\[doctest\] test cases:')" -eq 2 ] || [ "$failed" -gt 0 ] || failed=1
passed=$((cases - failed))
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
