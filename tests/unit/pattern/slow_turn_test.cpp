// Calls from a handler that is slow itself: the time that passes in its turn counts (RP4, CI3).
#include <doctest/doctest.h>

#include <troupe/pattern/circuit_breaker.hpp>
#include <troupe/pattern/retrying.hpp>
#include <troupe/testkit/doctest.hpp>

namespace pattern_slow_turn_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct question {
  using reply = int;
};
struct retry_it {
  using reply = int;
};
struct guard_it {
  duration took{};
  using reply = std::string;
};

/// Computes for as long as it is told, in manual time.
class busy : public actor<retry_it, guard_it> {
 public:
  explicit busy(std::shared_ptr<std::vector<duration>> left) : left_(std::move(left)) {}

  task<result<int>> on(retry_it) {
    const retry_settings how{.attempts_max = 3, .waits = {.min = 1s, .max = 1s, .jitter = 0}, .within = 6s};
    co_return co_await retrying(how, [this](duration left) {
      left_->push_back(left);
      compute(3s);
      return ask<question>(ref<question>{}, 1s);  // fails at once
    });
  }
  std::string on(const guard_it& m) {
    circuit_breaker b{{.failures_max = 1, .call_timeout = 2s, .reset_timeout = {.jitter = 0}}};
    auto mine = b.enter();
    compute(m.took);
    mine->succeeded();
    return std::string{to_string(b.phase())};
  }

 private:
  void compute(duration d) {
    auto& clock = dynamic_cast<manual_clock&>(ports().clock());
    clock.set(clock.now() + d);
  }
  std::shared_ptr<std::vector<duration>> left_;
};

}  // namespace

TEST_CASE("RP4, RT1: an attempt that computes for long has used up that time") {
  test_system sys{for_doctest({.time = time_kind::manual})};
  const auto left = std::make_shared<std::vector<duration>>();
  const auto b = sys.spawn<busy>("busy", left);
  auto answer = b.ask(retry_it{}, 1h);
  sys.advance(10s);
  CHECK(sys.expect_error(std::move(answer), errc::stopped)
            .text.ends_with("(attempt 2; no time is left for another)"));
  CHECK(*left == std::vector<duration>{6s, 2s});
}

TEST_CASE("CI3: a call that was made in a slow handler takes as long as it does") {
  test_system sys{for_doctest({.time = time_kind::manual})};
  const auto b = sys.spawn<busy>("busy", std::make_shared<std::vector<duration>>());
  CHECK(sys.expect_reply(b.ask(guard_it{2s}, 1h)) == "closed");
  CHECK(sys.expect_reply(b.ask(guard_it{2s + 1ns}, 1h)) == "open");
}

}  // namespace pattern_slow_turn_test
