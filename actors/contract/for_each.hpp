// One macro that applies another to each of its arguments. The contract macros need it; nothing else should.
//
// How: a macro can't call itself, but what it left behind can be scanned again. Each scan lets one more
// argument through, and TROUPE_DETAIL_SCAN makes 85 scans. `__VA_OPT__` (C++20, [cpp.subst]) ends the chain.
// The list ends in an empty argument on purpose: then `...` is never left out, which -Wpedantic would
// complain about.
#pragma once

#define TROUPE_DETAIL_SCAN(...) \
  TROUPE_DETAIL_SCAN_3(TROUPE_DETAIL_SCAN_3(TROUPE_DETAIL_SCAN_3(TROUPE_DETAIL_SCAN_3(__VA_ARGS__))))
#define TROUPE_DETAIL_SCAN_3(...) \
  TROUPE_DETAIL_SCAN_2(TROUPE_DETAIL_SCAN_2(TROUPE_DETAIL_SCAN_2(TROUPE_DETAIL_SCAN_2(__VA_ARGS__))))
#define TROUPE_DETAIL_SCAN_2(...) \
  TROUPE_DETAIL_SCAN_1(TROUPE_DETAIL_SCAN_1(TROUPE_DETAIL_SCAN_1(TROUPE_DETAIL_SCAN_1(__VA_ARGS__))))
#define TROUPE_DETAIL_SCAN_1(...) __VA_ARGS__

#define TROUPE_DETAIL_PARENS ()
#define TROUPE_DETAIL_STEP(macro, first, ...) \
  macro(first) __VA_OPT__(TROUPE_DETAIL_STEP_AGAIN TROUPE_DETAIL_PARENS(macro, __VA_ARGS__))
#define TROUPE_DETAIL_STEP_AGAIN() TROUPE_DETAIL_STEP

/// `macro(a) macro(b) ...` for `TROUPE_DETAIL_FOR_EACH(macro, a, b, )`: the list ends in an empty argument.
#define TROUPE_DETAIL_FOR_EACH(macro, ...) \
  __VA_OPT__(TROUPE_DETAIL_SCAN(TROUPE_DETAIL_STEP(macro, __VA_ARGS__)))

#define TROUPE_DETAIL_HEAD(first, ...) first
#define TROUPE_DETAIL_TAIL(first, ...) __VA_ARGS__
