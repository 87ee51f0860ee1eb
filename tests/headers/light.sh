#!/usr/bin/env bash
# What every user's unit must not be compiled with (runtime/cell/handle.hpp, HD1): tests/headers/light.sh BUILD_DIR.
# For each header below that leads there it prints the way.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:?tests/headers/light.sh needs the build folder, such as build/release}

# What people include: all of them must be free of what stands in `heavy`, as the ends of paths.
light=(troupe/troupe.hpp troupe/actor/actor.hpp troupe/actor/spawn.hpp troupe/ref/find.hpp troupe/tree/supervise.hpp)
heavy='/caf/.*|/troupe/cell/(cell|environment|interceptor|offers|names)[.]hpp|/troupe/engine/(scheduler|dispatchers|inbox|outbox|timers)[.]hpp'
heavy+='|/c[+][+]/[0-9]*/(thread|condition_variable|shared_mutex|ranges|algorithm|iostream|regex|random|future)|/boost/(asio|beast|json|container)/.*|/boost/intrusive/(set|list)[.]hpp|/fmt/format[.]h'

passed=0 failed=0
for header in "${light[@]}"; do
  # g++ -H: a line for each header read, with as many dots as it lies deep.
  ways=$(echo "#include <$header>" | "${CXX:-g++}" -std=c++20 -I"$build/include" -H -fsyntax-only -x c++ - 2>&1 |
    awk -v heavy="($heavy)\$" '
      /error:/ { print "  " $0 }
      /^[.]+ / {
        depth = length($1); at[depth] = $2
        if ($2 ~ heavy) {
          way = ""
          for (i = 1; i <= depth; i++) { name = at[i]; sub(/.*\/include\//, "", name); way = way (i > 1 ? " -> " : "  ") name }
          print way
        }
      }')
  if [ -z "$ways" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED <%s> leads to what belongs into .cpp files (HD1)\n%s\n' "$header" "$(printf '%s\n' "$ways" | sort -u | head -n 5)"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
