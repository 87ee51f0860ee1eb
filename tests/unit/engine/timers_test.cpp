// The timer service: who has cancelled never sees the timer fire, and references come back.
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <troupe/base/prng.hpp>
#include <troupe/engine/timers.hpp>
#include <vector>

namespace engine_timers_test {

using namespace troupe;
using namespace troupe::engine;

namespace {

constexpr time_point start{seconds{1}};

struct counted_timer final : timer {
  std::atomic<int> references{0};
  std::atomic<int> fires{0};
  void fired() noexcept override { fires.fetch_add(1); }
  void timer_add_ref() noexcept override { references.fetch_add(1); }
  void timer_release() noexcept override { references.fetch_sub(1); }
};

}  // namespace

TEST_CASE("TM1, TM2: a timer holds one reference while armed; cancel says whether it was") {
  timers service{start, [] {}};
  counted_timer t;
  service.arm(t, after(start, seconds{1}));
  CHECK(t.references == 1);
  CHECK(service.cancel(t));
  CHECK(t.references == 0);
  CHECK_FALSE(service.cancel(t));
  CHECK(service.fire(after(start, seconds{2})) == 0);
  service.arm(t, after(start, seconds{3}));
  CHECK(service.fire(after(start, seconds{2})) == 0);
  CHECK(service.fire(after(start, seconds{3})) == 1);
  CHECK(t.fires == 1);
  CHECK(t.references == 0);
  CHECK_FALSE(service.cancel(t));
}

TEST_CASE("whoever waits is told of an earlier timer, and only of an earlier one") {
  int told = 0;
  timers service{start, [&] { ++told; }};
  counted_timer far, near, between;
  service.arm(far, after(start, seconds{10}));
  CHECK(told == 1);
  service.arm(near, after(start, seconds{1}));
  CHECK(told == 2);
  service.arm(between, after(start, seconds{5}));
  CHECK(told == 2);
  CHECK(service.next_due() <= after(start, seconds{1}));
  service.clear();
  CHECK(service.next_due() == never);
  CHECK(far.references + near.references + between.references == 0);
  CHECK(far.fires + near.fires + between.fires == 0);
}

TEST_CASE(
    "TM4: a timer that is due never is not armed, and those that are due late go when all are forgotten") {
  timers service{start, [] {}};
  counted_timer unlimited, late;
  service.arm(unlimited, never);
  CHECK(unlimited.references == 0);
  CHECK_FALSE(service.cancel(unlimited));
  CHECK(service.next_due() == never);
  service.arm(late, time_point{never - nanoseconds{1}});
  CHECK(late.references == 1);
  service.clear();
  CHECK(late.references == 0);
  CHECK(late.fires == 0);
}

TEST_CASE("TM2: under load, every arming ends in exactly one of fired and cancelled") {
  timers service{start, [] {}};
  std::atomic<bool> over{false};
  std::atomic<std::int64_t> clock{start.time_since_epoch().count()};
  std::vector<std::thread> firing;
  for (int i = 0; i < 2; ++i)
    firing.emplace_back([&] {
      while (!over) service.fire(time_point{duration{clock.fetch_add(100'000)}});
    });
  std::vector<std::thread> arming;
  std::atomic<int> wrong{0};
  for (std::uint64_t i = 0; i < 3; ++i)
    arming.emplace_back([&, i] {
      prng random{i + 1};
      counted_timer t;
      int armed = 0, cancelled = 0;
      for (int round = 0; round < 20'000; ++round) {
        service.arm(t, time_point{duration{clock.load() + static_cast<std::int64_t>(random.below(300'000))}});
        ++armed;
        if (service.cancel(t))
          ++cancelled;
        else  // it fires now or has fired: wait for that, as an owner would through its own state
          while (t.fires.load() < armed - cancelled) std::this_thread::yield();
        if (t.fires.load() + cancelled != armed) ++wrong;
      }
      while (t.references.load() != 0) std::this_thread::yield();
    });
  for (auto& a : arming) a.join();
  over = true;
  for (auto& f : firing) f.join();
  CHECK(wrong == 0);
}

}  // namespace engine_timers_test
