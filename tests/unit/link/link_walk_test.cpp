// Random walks: a transport and a peer that do anything at any time, and what must hold after every step.
#include <doctest/doctest.h>

#include <troupe/base/prng.hpp>

#include "unit/link/link_walker.hpp"

namespace link_walk_test {

using namespace troupe;
using namespace troupe::link_world;

namespace {

struct required {
  void operator()(bool holds, int line_of_walker) const {
    CAPTURE(line_of_walker);
    REQUIRE(holds);
  }
};

}  // namespace

TEST_CASE("K1-K5, K9, K10: whatever happens in whatever order, a link keeps its rules") {
  int ups = 0;
  int closed = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    walker w{prng{seed}, required{}, seed};
    for (int i = 0; i < 1000; ++i) w.step();
    ups += w.was_up();
    closed += w.phase() == link_phase::closed;
  }
  CHECK(ups > 50);
  CHECK(closed > 5);
  CHECK(closed < 95);
}

}  // namespace link_walk_test
