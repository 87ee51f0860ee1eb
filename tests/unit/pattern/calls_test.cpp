// Retries (RP1-RP5, RT1), their budget (RB1, RB2), and rate limits (TB1, TB2, RL2-RL4).
#include <doctest/doctest.h>

#include <troupe/pattern/rate_limiter.hpp>
#include <troupe/pattern/retrying.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

using namespace troupe;
using namespace life;

namespace {

constexpr time_point start{std::chrono::hours{1}};
const error busy{errc::overloaded, "busy"};

retry_settings quick(std::uint32_t attempts, retry_budget* budget = nullptr) {
  return {.attempts_max = attempts, .waits = {.min = 1ms, .max = 1ms, .jitter = 0}, .budget = budget};
}

struct question {
  using reply = int;
};
struct try_it {
  std::uint32_t attempts = 1;
  duration within = duration::max();
  using reply = int;
};

/// Fails so many times, then answers.
class flaky : public actor<question> {
 public:
  flaky(int failures, errc how, journal_ptr to) : left_(failures), how_(how), to_(std::move(to)) {}
  result<int> on(const question&) {
    to_->note("asked");
    if (left_-- > 0) return error{how_, "not yet"};
    return 7;
  }

 private:
  int left_;
  errc how_;
  journal_ptr to_;
};

class caller : public actor<try_it> {
 public:
  caller(ref<flaky> to, duration wait, journal_ptr j) : to_(std::move(to)), wait_(wait), j_(std::move(j)) {}
  ~caller() override { j_->note("caller gone"); }
  task<result<int>> on(try_it m) {
    retry_settings how = quick(m.attempts);
    how.within = m.within;
    how.waits = {.min = wait_, .max = wait_, .jitter = 0};
    co_return co_await retrying(how, [this] { return ask<question>(to_, patience); });
  }

 private:
  ref<flaky> to_;
  duration wait_;
  journal_ptr j_;
};

struct take {
  int number = 0;
  std::uint32_t tokens = 1;
  duration within = duration::max();
};
struct crash {};
struct waiting_count {
  using reply = std::uint64_t;
};

class limited : public actor<take, crash, waiting_count> {
 public:
  limited(rate_limiter_settings s, journal_ptr to) : limiter_(s), to_(std::move(to)) {}
  void on(const take& m) { launch(go(m)); }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  std::uint64_t on(const waiting_count&) { return limiter_.waiting(); }

 private:
  task<void> go(take m) {
    const auto ok = co_await limiter_.acquire(m.tokens, m.within);
    to_->note((ok ? "took " : std::string{to_string(ok.error().code)} + " ") + std::to_string(m.number));
  }
  rate_limiter limiter_;
  journal_ptr to_;
};

}  // namespace

TEST_CASE("RP1, RP2, RP4, RP5: what is retried, and why not") {
  prng random{1};
  const auto verdict = [&](const retry_settings& s, const error& why, int failures_before = 0) {
    retry_plan plan{s, start};
    for (int i = 0; i < failures_before; ++i) plan.failed_with(busy, start, random);
    return plan.failed_with(why, start, random);
  };
  CHECK(verdict(quick(2), busy) == retry_verdict{duration{1ms}});
  CHECK(verdict(quick(2), busy, 1) == retry_verdict{std::string{"the last of 2 attempts"}});
  CHECK(verdict(quick(2), error{errc::not_found, ""}) == retry_verdict{std::string{}});
  CHECK(verdict(quick(2), error{errc::handler_failed, ""}) == retry_verdict{std::string{}});
  retry_settings short_of_time = quick(2);
  short_of_time.within = 1ms;
  CHECK(verdict(short_of_time, busy) == retry_verdict{std::string{"attempt 1; no time is left for another"}});
  short_of_time.within = 1ms + 1ns;
  CHECK(verdict(short_of_time, busy) == retry_verdict{duration{1ms}});
  retry_budget none{0, 0};
  CHECK(verdict(quick(2, &none), busy) ==
        retry_verdict{std::string{"attempt 1; the retry budget is used up"}});
}

TEST_CASE(
    "RB1, RB2: a budget allows its reserve, then its share of the calls, and saves up no more than it "
    "holds") {
  retry_budget b{20, 2};
  CHECK(b.retry());
  CHECK(b.retry());
  CHECK_FALSE(b.retry());
  for (int i = 0; i < 4; ++i) b.call();
  CHECK_FALSE(b.retry());
  b.call();
  CHECK(b.retry());
  for (int i = 0; i < 10'000; ++i) b.call();
  CHECK(b.left() == 20);
  CHECK_THROWS_AS(retry_budget(1001, 0), failed);
}

TEST_CASE("retrying: a call is made again until it succeeds") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  const auto to = spawn<flaky>(sys, "flaky", 2, errc::overloaded, j);
  const auto c = spawn<caller>(sys, "caller", to, duration{1ms}, j);
  CHECK(c.ask(try_it{3}, patience).get().value() == 7);
  CHECK(j->count("asked") == 3);
}

TEST_CASE("retrying: the last error is the answer, and says how many attempts there were") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  const auto to = spawn<flaky>(sys, "flaky", 9, errc::overloaded, j);
  const auto c = spawn<caller>(sys, "caller", to, duration{1ms}, j);
  const auto answer = c.ask(try_it{2}, patience).get();
  CHECK(answer.error().code == errc::overloaded);
  CHECK(answer.error().text == "not yet (the last of 2 attempts)");
  CHECK(j->count("asked") == 2);
  // RP4: a wait of an hour is not begun with a second left.
  const auto slow = spawn<caller>(sys, "slow", to, duration{1h}, j);
  CHECK(slow.ask(try_it{2, 1s}, patience).get().error().text ==
        "not yet (attempt 1; no time is left for another)");
}

TEST_CASE("L6: an actor that stops while it waits for its next attempt never makes it") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  const auto to = spawn<flaky>(sys, "flaky", 9, errc::overloaded, j);
  const auto c = spawn<caller>(sys, "caller", to, duration{1h}, j);
  auto answer = c.ask(try_it{2}, patience);
  REQUIRE(j->wait_for("asked"));
  REQUIRE(stop_and_wait(c));
  CHECK(answer.get().error().code == errc::stopped);
  CHECK(j->count("caller gone") == 1);
}

TEST_CASE(
    "TB1, TB2: a bucket gives its burst, then one token each time that one takes, and saves up no more") {
  token_bucket b{{.tokens = 10, .per = 1s, .burst = 3}, start};
  CHECK(b.take(3, start));
  CHECK_FALSE(b.take(1, start));
  CHECK(b.wait(1, start) == 100ms);
  CHECK(b.wait(3, start) == 300ms);
  CHECK_FALSE(b.take(1, start + 99ms));
  CHECK(b.take(1, start + 100ms));
  CHECK_FALSE(b.take(4, start + 1h));
  CHECK(b.take(3, start + 1h));
  CHECK_FALSE(b.take(1, start + 1h));
  CHECK(validate(rate{}).error().text == "rate: tokens must be at least 1");
  CHECK(validate(rate{.tokens = 2, .per = 1ns}).has_error());
}

TEST_CASE("RL2: who waits is served in order, and no sooner than the rate allows") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  const auto a =
      spawn<limited>(sys, "a", rate_limiter_settings{.rate = {.tokens = 200, .per = 1s, .burst = 2}}, j);
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 6; ++i) a.tell(take{i, i == 3 ? 2u : 1u});
  REQUIRE(j->wait_for("took 5"));
  CHECK(std::chrono::steady_clock::now() - begun >= 25ms);
  CHECK(j->all() == lines{"took 0", "took 1", "took 2", "took 3", "took 4", "took 5"});
}

TEST_CASE("RL3: too many who wait, too little time and too much at once are errors at once") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  const auto a = spawn<limited>(
      sys, "a", rate_limiter_settings{.rate = {.tokens = 1, .per = 1h, .burst = 1}, .waiting_max = 2}, j);
  a.tell(take{0});
  a.tell(take{1});
  a.tell(take{2, 1, 1min});
  a.tell(take{3, 2});
  a.tell(take{4});
  a.tell(take{5});
  REQUIRE(j->wait_for("overloaded 5"));
  CHECK(j->all() == lines{"took 0", "timeout 2", "invalid 3", "overloaded 5"});
  CHECK(a.ask(waiting_count{}, patience).get().value() == 2);
}

TEST_CASE("RL4, L6: a restart takes those who wait along, newest first, and none of them is resumed") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", one_for_one{},
                       child<limited>("a", rate_limiter_settings{.rate = {.tokens = 1, .per = 1h}}, j));
  const auto a = top.ref<limited>("a");
  for (int i = 0; i < 5; ++i) a.tell(take{i});
  CHECK(a.ask(waiting_count{}, patience).get().value() == 4);
  a.tell(crash{});
  CHECK(a.ask(waiting_count{}, patience).get().value() == 0);
  CHECK(j->all() == lines{"took 0"});
}

TEST_CASE("RL2: who wants little does not overtake who waits for much") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  const auto a =
      spawn<limited>(sys, "a", rate_limiter_settings{.rate = {.tokens = 1, .per = 1h, .burst = 2}}, j);
  a.tell(take{0});
  a.tell(take{1, 2});
  a.tell(take{2});
  CHECK(a.ask(waiting_count{}, patience).get().value() == 2);
  CHECK(j->all() == lines{"took 0"});
}
