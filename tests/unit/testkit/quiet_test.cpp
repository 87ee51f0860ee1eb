// The platform under a test system: parking spots keep the ports' promises, and its threads are known (QU1).
#include <doctest/doctest.h>

#include <thread>
#include <troupe/testkit/test_platform.hpp>

#include "unit/cell/world.hpp"

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

TEST_CASE("a spot remembers one unpark that comes first, and park_until ends at its time") {
  test_platform ports{time_kind::real};
  const auto spot = ports.make_parker();
  spot->unpark();
  spot->unpark();
  spot->park();
  CHECK_FALSE(spot->park_until(after(ports.clock().now(), 1ms)));
  spot->unpark();
  CHECK(spot->park_until(after(ports.clock().now(), hours{1})));
}

TEST_CASE("QU1: a thread counts as waiting until it is told to go on, not until it goes on") {
  test_platform ports{time_kind::real};
  quiet_watch watch;
  engine::turn_count none;
  watch.begin(2, none, [] { return false; });
  {
    const std::lock_guard hold{watch.lock()};
    watch.blocks();
  }
  CHECK_FALSE(watch.await(1ms));
  CHECK(watch.at_work() == 1);
  {
    const std::lock_guard hold{watch.lock()};
    watch.blocks();
  }
  CHECK(watch.await(life::patience));
  none.begin();
  CHECK_FALSE(watch.await(1ms));
  std::thread last{[&] { none.end(); }};
  CHECK(watch.await(life::patience));
  last.join();
  {
    const std::lock_guard hold{watch.lock()};
    watch.unblocks();
  }
  CHECK_FALSE(watch.await(0ms));
}

TEST_CASE("QU2: a system is not quiet while a timer is due that has not fired yet") {
  quiet_watch watch;
  engine::turn_count none;
  bool due = true;
  watch.begin(0, none, [&] { return due; });
  CHECK_FALSE(watch.await(1ms));
  due = false;
  CHECK(watch.await(1ms));
  due = true;
  watch.end();
  CHECK(watch.await(1ms));
}

TEST_CASE(
    "TP1: a clock that stands still is where it began, in every run; it runs on from there when it is let") {
  test_platform ports{time_kind::manual};
  CHECK(ports.clock().now() == manual_clock::beginning);
  CHECK(ports.clock().wall() == std::chrono::sys_days{std::chrono::year{2024} / 1 / 1});
  ports.let_go();
  const auto then = ports.clock().now();
  CHECK(then >= manual_clock::beginning);
  CHECK(then < manual_clock::beginning + 10min);
}
