// How often a busy worker looks at the clock.
#include <doctest/doctest.h>

#include <troupe/engine/pace.hpp>

namespace engine_pace_test {

using namespace troupe;
using namespace troupe::engine;

namespace {

/// Runs that take `each`; counts readings of the clock and notes the longest time between two.
struct world {
  pace p;
  time_point now{};
  time_point read{};
  unsigned readings = 0;
  duration longest{};

  void run(unsigned count, duration each) {
    for (unsigned i = 0; i < count; ++i) {
      now += each;
      if (!p.ran()) continue;
      longest = std::max(longest, now - read);
      read = now;
      ++readings;
      p.was_read(now);
    }
  }
};

}  // namespace

TEST_CASE("PC1: short runs share a reading of the clock, long ones get one each") {
  world w;
  w.run(10'000, nanoseconds{30});
  w.readings = 0;
  w.run(pace::runs_max * 100, nanoseconds{30});
  CHECK(w.readings == 100);
  w.run(1'000, milliseconds{1});
  w.readings = 0;
  w.run(1'000, milliseconds{1});
  CHECK(w.readings == 1'000);
}

TEST_CASE("PC2: with runs of a steady cost readings are a gap or one run apart") {
  for (const auto each : {nanoseconds{100}, nanoseconds{1'000}, nanoseconds{7'000}, nanoseconds{90'000}}) {
    world w;
    w.run(5'000, each);
    w.longest = {};
    w.run(20'000, each);
    CHECK(w.longest <= std::max<duration>(pace::gap, each));
  }
}

TEST_CASE("PC1: a change to long runs is noticed at the next reading") {
  world w;
  w.run(10'000, nanoseconds{30});
  w.run(pace::runs_max, milliseconds{1});
  w.readings = 0;
  w.run(10, milliseconds{1});
  CHECK(w.readings == 10);
}

}  // namespace engine_pace_test
