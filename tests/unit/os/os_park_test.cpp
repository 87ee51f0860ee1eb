#include <atomic>
#include <thread>

#include "os_fixture.hpp"

namespace os_park_test {

using namespace troupe;
using namespace troupe::os_test;

TEST_CASE("an unpark that comes first is remembered: the next park returns at once") {
  const auto platform = make_os_platform();
  const auto spot = platform->make_parker();
  spot->unpark();
  spot->park();
  CHECK_FALSE(spot->park_until(platform->clock().now()));
}

TEST_CASE("several unparks before a park count as one") {
  const auto platform = make_os_platform();
  const auto spot = platform->make_parker();
  for (int i = 0; i < 3; ++i) spot->unpark();
  CHECK(spot->park_until(platform->clock().now()));
  CHECK_FALSE(spot->park_until(platform->clock().now()));
}

TEST_CASE("park_until says whether it was an unpark or the time") {
  const auto platform = make_os_platform();
  const auto spot = platform->make_parker();
  const auto until = after(platform->clock().now(), milliseconds{2});
  CHECK_FALSE(spot->park_until(until));
  CHECK(platform->clock().now() >= until);
  CHECK_FALSE(spot->park_until(time_point{}));       // long ago
  CHECK_FALSE(spot->park_until(time_point::min()));  // before the clock's zero
  spot->unpark();
  CHECK(spot->park_until(never));
}

TEST_CASE("park never loses an unpark: two threads that wait for each other in turn") {
  constexpr int rounds = 5000;
  const auto platform = make_os_platform();
  const auto ping = platform->make_parker();
  const auto pong = platform->make_parker();
  int shared = 0;  // not atomic on purpose: unpark and park must order it
  std::thread other{[&] {
    for (int i = 0; i < rounds; ++i) {
      ping->park();
      ++shared;
      pong->unpark();
    }
  }};
  for (int i = 0; i < rounds; ++i) {
    ++shared;
    ping->unpark();
    pong->park();
  }
  other.join();
  CHECK(shared == 2 * rounds);
}

TEST_CASE("park sees the work of every unpark, however they collide with time-outs") {
  constexpr int each = 4000;
  const auto platform = make_os_platform();
  const auto spot = platform->make_parker();
  std::atomic<int> work{0};
  const auto produce = [&] {
    for (int i = 0; i < each; ++i) {
      work.fetch_add(1, std::memory_order_relaxed);  // ordered by unpark and park
      spot->unpark();
    }
  };
  std::thread a{produce};
  std::thread b{produce};
  int turn = 0;
  while (work.load(std::memory_order_relaxed) < 2 * each) {
    if (++turn % 2 == 0)
      spot->park_until(after(platform->clock().now(), microseconds{1}));
    else
      spot->park();  // would hang here on a lost unpark
  }
  a.join();
  b.join();
  CHECK(work.load() == 2 * each);
}

}  // namespace os_park_test
