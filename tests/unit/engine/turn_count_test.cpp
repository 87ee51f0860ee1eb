// The count of turns on threads that no port parks (TN1, TN2).
#include <doctest/doctest.h>

#include <troupe/engine/blocking_pool.hpp>
#include <troupe/engine/pinned_thread.hpp>

#include "unit/engine/engine_fixture.hpp"

namespace engine_turn_count_test {

using namespace troupe;
using namespace troupe::engine;
using namespace troupe::engine_test;

namespace {

/// Waits for the count to be told of.
struct listener final : idle_listener {
  void idle() noexcept override { told.one(); }
  countdown told{1};
};

/// Two jobs, of which the first submits the second; counted from the submission to the end of the last turn.
void check_counts(dispatcher& d, turn_count& turns, listener& l) {
  bool first = false, second = false;
  countdown ran{2};
  job next{[&] {
    second = !turns.none();
    ran.one();
  }};
  job begin{[&] {
    first = !turns.none();
    d.submit(next);
    ran.one();
  }};
  CHECK(turns.none());
  d.submit(begin);
  REQUIRE(ran.wait());
  REQUIRE(l.told.wait());  // TN2: told once, when both are over
  CHECK(turns.none());
  CHECK(first);
  CHECK(second);
}

}  // namespace

TEST_CASE("TN1, TN2: the turns of a blocking pool count until they are over; who listens is told then") {
  turn_count turns;
  listener l;
  turns.listen(l);
  blocking_pool pool{1};
  pool.count_in(turns);
  check_counts(pool, turns, l);
  pool.stop();
}

TEST_CASE("TN1, TN2: the turns of a pinned thread count until they are over; who listens is told then") {
  turn_count turns;
  listener l;
  turns.listen(l);
  const auto thread = pinned_thread::begin({}, &turns).value();
  check_counts(*thread, turns, l);
  thread->stop();
}

}  // namespace engine_turn_count_test
