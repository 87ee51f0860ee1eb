// A circuit breaker's decisions by themselves (CB1-CB7).
#include <doctest/doctest.h>

#include <troupe/pattern/breaker_machine.hpp>

namespace pattern_breaker_machine_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{std::chrono::hours{1}};
const backoff_settings waits{.min = 1s, .max = 4s, .jitter = 0};

/// The machine with the time that passes.
struct machine {
  breaker_machine m;
  explicit machine(breaker_rules rules = {.failures_max = 3, .trial_max = 10s, .waits = waits}) : m(rules) {}
  prng random{1};
  time_point now = start;

  void call(call_end how) {
    const auto epoch = m.admit(now);
    REQUIRE(epoch);
    m.ended(*epoch, how, now, random);
  }
  void open() {
    for (int i = 0; i < 3; ++i) call(call_end::failure);
    REQUIRE(m.phase() == breaker_phase::open);
  }
};

}  // namespace

TEST_CASE(
    "CB1: failures in a row open it; a success in between sets the count back, who gives up changes "
    "nothing") {
  machine t;
  t.call(call_end::failure);
  t.call(call_end::failure);
  t.call(call_end::given_up);
  t.call(call_end::success);
  t.call(call_end::failure);
  t.call(call_end::failure);
  CHECK(t.m.phase() == breaker_phase::closed);
  t.call(call_end::failure);
  CHECK(t.m.phase() == breaker_phase::open);
  CHECK(t.m.retry_at() == start + 1s);
}

TEST_CASE("CB2, CB3: nobody goes until the wait is over, then one does, and nobody else until it has ended") {
  machine t;
  t.open();
  t.now = start + 999ms;
  CHECK_FALSE(t.m.admit(t.now));
  t.now = start + 1s;
  const auto trial = t.m.admit(t.now);
  REQUIRE(trial);
  CHECK(t.m.phase() == breaker_phase::half_open);
  CHECK_FALSE(t.m.admit(t.now + 10s - 1ns));
  t.m.ended(*trial, call_end::success, t.now, t.random);
  CHECK(t.m.phase() == breaker_phase::closed);
  CHECK(t.m.admit(t.now));
}

TEST_CASE("CB3: each trial that fails doubles the wait up to max; a success starts over") {
  machine t;
  t.open();
  for (const duration wait : {duration{2s}, duration{4s}, duration{4s}}) {
    t.now = t.m.retry_at();
    t.call(call_end::failure);
    CHECK(t.m.retry_at() - t.now == wait);
  }
  t.now = t.m.retry_at();
  t.call(call_end::success);
  t.open();
  CHECK(t.m.retry_at() - t.now == 1s);
}

TEST_CASE("CB3: a trial that is given up lets another one try at once") {
  machine t;
  t.open();
  t.now = t.m.retry_at();
  t.call(call_end::given_up);
  CHECK(t.m.phase() == breaker_phase::open);
  CHECK(t.m.admit(t.now));
}

TEST_CASE("CB4: what was let go before the last change says nothing") {
  machine t;
  const auto early = t.m.admit(t.now);
  t.open();
  t.now = t.m.retry_at();
  const auto trial = t.m.admit(t.now);
  REQUIRE(trial);
  for (const call_end how : {call_end::success, call_end::failure, call_end::given_up}) {
    t.m.ended(*early, how, t.now, t.random);
    CHECK(t.m.phase() == breaker_phase::half_open);
  }
}

TEST_CASE("CB5: a callee that fails half of its calls opens it, though it never fails often in a row") {
  machine t{{.failures_max = 3, .window = 10, .percent = 50, .waits = waits}};
  for (int i = 0; i < 4; ++i) {
    t.call(call_end::failure);
    t.call(call_end::success);
  }
  t.call(call_end::given_up);  // says nothing
  t.call(call_end::failure);
  CHECK(t.m.phase() == breaker_phase::closed);  // 9 have ended, and all but 4 failed: too few to judge
  CHECK(t.m.failures_of_window() == 5);
  t.call(call_end::success);
  CHECK(t.m.phase() == breaker_phase::open);
}

TEST_CASE("CB5: what has left the window counts no more, and a breaker that closed begins a new one") {
  machine t{{.failures_max = 4, .window = 4, .percent = 75, .waits = waits}};
  for (int i = 0; i < 2; ++i) t.call(call_end::failure);
  for (int i = 0; i < 3; ++i) t.call(call_end::success);
  t.call(call_end::failure);
  CHECK(t.m.failures_of_window() == 1);
  for (int i = 0; i < 2; ++i) t.call(call_end::failure);
  CHECK(t.m.phase() == breaker_phase::open);
  t.now = t.m.retry_at();
  t.call(call_end::success);
  CHECK(t.m.failures_of_window() == 0);
  for (int i = 0; i < 3; ++i) t.call(call_end::failure);
  CHECK(t.m.phase() == breaker_phase::closed);
}

TEST_CASE("CB5: failures from before a breaker opened do not leave the window of after it closed") {
  machine t{{.failures_max = 4, .window = 4, .percent = 75, .waits = waits}};
  t.call(call_end::success);
  for (int i = 0; i < 3; ++i) t.call(call_end::failure);
  REQUIRE(t.m.phase() == breaker_phase::open);
  t.now = t.m.retry_at();
  t.call(call_end::success);
  for (int i = 0; i < 5; ++i) {
    t.call(call_end::success);
    CHECK(t.m.failures_of_window() == 0);
  }
  CHECK(t.m.phase() == breaker_phase::closed);
}

TEST_CASE("CB6: a trial that never ends is given up for the next call, and what becomes of it says nothing") {
  machine t;
  t.open();
  t.now = t.m.retry_at();
  const auto first = t.m.admit(t.now);
  CHECK_FALSE(t.m.admit(t.now + 9s));
  t.now += 10s;
  const auto second = t.m.admit(t.now);
  REQUIRE(second);
  CHECK(t.m.phase() == breaker_phase::half_open);
  CHECK_FALSE(t.m.admit(t.now + 9s));
  t.m.ended(*first, call_end::failure, t.now, t.random);
  CHECK(t.m.phase() == breaker_phase::half_open);
  t.m.ended(*second, call_end::success, t.now, t.random);
  CHECK(t.m.phase() == breaker_phase::closed);
}

TEST_CASE("CB7: trip opens it from anywhere with the next wait, reset closes it and starts the waits over") {
  machine t;
  t.call(call_end::failure);
  t.m.trip(t.now, t.random);
  CHECK(t.m.phase() == breaker_phase::open);
  CHECK(t.m.retry_at() == t.now + 1s);
  t.m.trip(t.now, t.random);
  CHECK(t.m.retry_at() == t.now + 2s);
  t.m.reset();
  CHECK(t.m.phase() == breaker_phase::closed);
  CHECK(t.m.failures() == 0);
  t.m.trip(t.now, t.random);
  CHECK(t.m.retry_at() == t.now + 1s);
}

TEST_CASE("the jitter of a breaker's wait is within its bounds, and of the actor's own stream") {
  machine t{{.failures_max = 1, .waits = {.min = 1s, .max = 4s, .jitter = 0.5}}};
  t.call(call_end::failure);
  const duration first = t.m.retry_at() - t.now;
  CHECK(first >= 1s);
  CHECK(first <= 1500ms);
}

}  // namespace pattern_breaker_machine_test
