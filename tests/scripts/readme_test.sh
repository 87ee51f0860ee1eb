# Sourced by run.sh: the first actor of the README is the sample `hello`, which is compiled and run, and it is short.

first_actor() { awk '/^```cpp$/ && !done { inside = 1; next } /^```$/ { if (inside) done = 1; inside = 0 } inside' README.md; }
# The sample goes through the formatter, so blanks and line ends may differ.
squeezed() { tr -d ' \n'; }
check "the README's first actor is samples/hello/main.cpp" \
  [ "$(first_actor | squeezed)" = "$(tail -n +2 samples/hello/main.cpp | squeezed)" ]
check "the README's first actor has at most 20 lines" [ "$(first_actor | grep -c '[^ ]')" -le 20 ]
