// The wheel against a model that looks at every timer, and its edges.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <troupe/base/prng.hpp>
#include <troupe/engine/timer_wheel.hpp>
#include <vector>

namespace engine_timer_wheel_test {

using namespace troupe;
using namespace troupe::engine;

namespace {

constexpr time_point start{seconds{7}};

struct pending {
  timer_node node;
  time_point due = never;
  bool armed = false;
};

/// Fires everything due at `now` and checks it against the model.
void expire_all(timer_wheel& wheel, std::deque<pending>& all, time_point now) {
  std::uint64_t last_tick = 0;
  while (timer_node* n = wheel.expire(now)) {
    auto fired = std::find_if(all.begin(), all.end(), [&](const pending& p) { return &p.node == n; });
    REQUIRE(fired != all.end());
    REQUIRE(fired->armed);
    REQUIRE(fired->due <= now);         // W2: never before its time
    REQUIRE(n->due_tick >= last_tick);  // in the order of their ticks
    last_tick = n->due_tick;
    fired->armed = false;
  }
  const auto tick = [](time_point t) {
    return (t - start + milliseconds{1} - nanoseconds{1}) / milliseconds{1};
  };
  for (const auto& p : all)
    if (p.armed && p.due > start) REQUIRE(tick(p.due) > (now - start) / milliseconds{1});
}

duration some_distance(prng& random) {
  // From nanoseconds to beyond the reach of all levels (2.2 years), each magnitude alike.
  return duration{static_cast<duration::rep>(random.next() >> (random.below(44) + 6))};
}

}  // namespace

TEST_CASE("W1, W2: a wheel fires what a list of all timers would, near, far and beyond its reach") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    prng random{seed};
    timer_wheel wheel{start};
    std::deque<pending> all(60);
    time_point now = start;
    for (int step = 0; step < 1500; ++step) {
      auto& p = all[random.below(all.size())];
      switch (random.below(4)) {
        case 0:
        case 1:
          if (p.armed) break;
          p.due = after(now, some_distance(random));
          wheel.arm(p.node, p.due);
          p.armed = true;
          break;
        case 2:
          REQUIRE(wheel.cancel(p.node) == p.armed);
          p.armed = false;
          break;
        default:
          now = random.below(8) == 0
                    ? std::max(now, std::min(wheel.next_due(), time_point{hours{24 * 365 * 60}}))
                    : after(now, some_distance(random) / 64);
          if (now > time_point{hours{24 * 365 * 100}}) now = time_point{hours{24 * 365 * 100}};
          expire_all(wheel, all, now);
      }
      const auto armed = std::count_if(all.begin(), all.end(), [](const pending& x) { return x.armed; });
      REQUIRE(wheel.size() == static_cast<std::size_t>(armed));
      // The hint is never later than the first timer is due.
      auto first = never;
      for (const auto& x : all)
        if (x.armed) first = std::min(first, x.due);
      REQUIRE(wheel.next_due() <= (first == never ? never : after(first, milliseconds{1})));
      if (armed == 0) REQUIRE(wheel.next_due() == never);
    }
    for (auto& p : all) wheel.cancel(p.node);
  }
}

TEST_CASE(
    "W2: following next_due from hint to hint fires each timer at the first tick at or after its time") {
  prng random{99};
  timer_wheel wheel{start};
  std::deque<pending> all(200);
  for (auto& p : all) {
    p.due = after(start, some_distance(random));
    p.armed = true;
    wheel.arm(p.node, p.due);
  }
  int hints = 0;
  while (wheel.size() > 0) {
    const time_point now = wheel.next_due();
    REQUIRE(now != never);
    while (timer_node* n = wheel.expire(now)) {
      auto& p = *std::find_if(all.begin(), all.end(), [&](const pending& x) { return &x.node == n; });
      CHECK(p.due <= now);
      CHECK(now - p.due < milliseconds{1});
      p.armed = false;
    }
    REQUIRE(++hints < 400'000);
  }
}

TEST_CASE("W3: timers of one tick fire in the order they were armed") {
  timer_wheel wheel{start};
  std::array<timer_node, 5> nodes;
  for (auto& n : nodes) wheel.arm(n, after(start, milliseconds{70}));
  for (auto& n : nodes) CHECK(wheel.expire(after(start, milliseconds{70})) == &n);
  CHECK(wheel.expire(never) == nullptr);
}

TEST_CASE("a timer that is armed for the past, or for never, is treated as such") {
  timer_wheel wheel{start};
  timer_node past, eternal;
  wheel.arm(past, time_point{});
  wheel.arm(eternal, never);
  CHECK(wheel.next_due() <= start);
  CHECK(wheel.expire(start) == &past);
  CHECK(wheel.expire(after(start, hours{24 * 365 * 200})) == nullptr);
  CHECK(wheel.size() == 1);
  CHECK(wheel.cancel(eternal));
  CHECK_FALSE(wheel.cancel(eternal));
  CHECK(wheel.next_due() == never);
}

}  // namespace engine_timer_wheel_test
