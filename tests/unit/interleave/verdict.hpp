// What a test says of a report.
#pragma once

#include <doctest/doctest.h>

#include "unit/interleave/explore.hpp"

namespace interleave {

/// The program holds; if not, the schedule and its steps are printed.
inline void must_pass(const report& r) { CHECK_MESSAGE(r.passed(), r.text()); }

/// The program is wrong in the way that `because` names, and the run can be repeated from what was printed.
template <class State>
void must_fail(const program<State>& p, const report& r, const char* because) {
  CAPTURE(r.text());
  REQUIRE_FALSE(r.passed());
  CHECK(r.failure.find(because) != std::string::npos);
  const report again = replay(p, r.schedule);
  CHECK(again.failure == r.failure);
  CHECK(again.steps == r.steps);
}

}  // namespace interleave
