// Retries (RP1-RP5, RT1-RT3), their budget (RB1-RB3), and rate limits (TB1-TB3, RL1-RL5), in manual time.
#include <doctest/doctest.h>

#include <limits>
#include <troupe/cell/cell.hpp>
#include <troupe/pattern/rate_limiter.hpp>
#include <troupe/pattern/retrying.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/tree/supervise.hpp>

namespace pattern_calls_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

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
struct crash {};

/// Asks, and asks again: waits 1 s, 2 s, 4 s, ...
class caller : public actor<try_it, crash> {
 public:
  using interleaved = messages<crash>;
  caller(ref<question> to, retry_budget* budget, std::shared_ptr<std::vector<duration>> left)
      : to_(std::move(to)), budget_(budget), left_(std::move(left)) {}
  task<result<int>> on(try_it m) {
    const retry_settings how{.attempts_max = m.attempts,
                             .waits = {.min = 1s, .max = 1h, .jitter = 0},
                             .within = m.within,
                             .budget = budget_};
    co_return co_await retrying(how, [this](duration left) {
      left_->push_back(left);
      return ask<question>(to_, 500ms);
    });
  }
  void on(const crash&) { throw std::runtime_error{"crash"}; }

 private:
  ref<question> to_;
  retry_budget* budget_;
  std::shared_ptr<std::vector<duration>> left_;
};

struct desk {
  test_system sys{for_doctest({.time = time_kind::manual})};
  probe<question> callee{sys, "callee"};
  std::shared_ptr<std::vector<duration>> left = std::make_shared<std::vector<duration>>();

  ref<caller> one(retry_budget* budget = nullptr) {
    return sys.spawn<caller>("caller", ref<question>{callee.ref()}, budget, left);
  }
  void fail(errc how = errc::overloaded) {
    callee.expect<question>();
    callee.reply_error({how, "not yet"});
  }
};

struct take {
  int number = 0;
  std::uint32_t tokens = 1;
  duration within = duration::max();
};
struct note {
  std::string line;
};
TROUPE_CONTRACT(note, "calls.note", 1, line)
struct waiting_count {
  using reply = std::uint64_t;
};
/// Without waiting.
struct grab {
  std::uint32_t tokens = 1;
  using reply = bool;
};
/// A wait with a deadline of its asker.
struct ask_for {
  int number = 0;
  using reply = int;
};

class limited : public actor<take, crash, waiting_count, grab, ask_for> {
 public:
  using interleaved = messages<ask_for>;
  limited(rate_limiter_settings s, ref<note> to) : limiter_(s), to_(std::move(to)) {}
  void on(const take& m) { launch(go(m)); }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  std::uint64_t on(const waiting_count&) { return limiter_.waiting(); }
  bool on(const grab& m) { return limiter_.try_acquire(m.tokens); }
  task<result<int>> on(ask_for m) {
    if (auto ok = co_await limiter_.acquire(); !ok) co_return ok.error();
    co_return m.number;
  }

 private:
  task<void> go(take m) {
    const auto ok = co_await limiter_.acquire(m.tokens, m.within);
    to_.tell(note{(ok ? "took " : std::string{to_string(ok.error().code)} + " ") + std::to_string(m.number)});
  }
  rate_limiter limiter_;
  ref<note> to_;
};

using lines = std::vector<std::string>;

struct gate_keeper {
  test_system sys{for_doctest({.time = time_kind::manual})};
  probe<note> p{sys};

  ref<limited> one(rate_limiter_settings s) {
    sys.keep_waiting("/user/a");
    return sys.spawn<limited>("a", s, ref<note>{p.ref()});
  }
  lines notes() {
    sys.settle();
    lines out;
    for (auto n = p.queued(); n > 0; --n) out.push_back(p.expect<note>().line);
    return out;
  }
  std::uint64_t waiting(const ref<limited>& a) { return sys.expect_reply(a.ask(waiting_count{}, 1h)); }
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

TEST_CASE("RP3: the waits between attempts grow as a backoff's") {
  prng random{1};
  const retry_settings s{.attempts_max = 9, .waits = {.min = 1s, .max = 3s, .jitter = 0}};
  retry_plan plan{s, start};
  for (const duration wait : {duration{1s}, duration{2s}, duration{3s}, duration{3s}})
    CHECK(plan.failed_with(busy, start, random) == retry_verdict{wait});
}

TEST_CASE("RP5: what is not retried for another reason is not paid for") {
  prng random{1};
  retry_budget b{0, 1};
  retry_settings s = quick(2, &b);
  retry_plan{s, start}.failed_with(error{errc::not_found, ""}, start, random);
  s.within = 1ms;
  retry_plan{s, start}.failed_with(busy, start, random);
  s.attempts_max = 1;
  retry_plan{s, start}.failed_with(busy, start, random);
  CHECK(b.left() == 1);
}

TEST_CASE("RB1: a call adds its share and no more than the budget holds; a retry takes a whole one") {
  retry_budget b{50, 0};
  b.call();
  CHECK_FALSE(b.retry());
  b.call();
  CHECK(b.left() == 1);
  CHECK(b.retry());
  CHECK_FALSE(b.retry());
  retry_budget large{10, 500};
  for (int i = 0; i < 100; ++i) large.call();
  CHECK(large.left() == 500);
  retry_budget odd{150, 1};
  for (int i = 0; i < 200; ++i) odd.call();
  CHECK(odd.left() == 150);
}

TEST_CASE(
    "RP5, RB1: a call pays in once, whatever becomes of it; what it has paid lets it, or another, retry") {
  prng random{1};
  retry_budget b{50, 0};
  const retry_settings s = quick(9, &b);
  retry_plan first{s, start};
  CHECK(b.left() == 0);  // half a retry is none
  CHECK(std::holds_alternative<std::string>(first.failed_with(busy, start, random)));
  retry_plan second{s, start};
  CHECK(b.left() == 1);
  CHECK(first.failed_with(busy, start, random) == retry_verdict{duration{1ms}});
  CHECK(std::holds_alternative<std::string>(second.failed_with(busy, start, random)));
}

TEST_CASE("settings of retries that make no sense are one error that names what is wrong") {
  const auto wrong = [](retry_settings s) { return validate(s).error().text; };
  CHECK(wrong({.attempts_max = 0}) == "retry: attempts_max must be at least 1");
  CHECK(wrong({.within = 0s}) == "retry: within must be more than 0");
  CHECK(wrong({.retried = nullptr}) == "retry: retried must be set");
  CHECK(wrong({.waits = {.min = 0s}}) == "retry: waits: backoff: min must be more than 0");
  CHECK_THROWS_WITH(
      retry_budget(1, 1'000'001),
      "invalid: retry budget: percent must be at most 1000 and reserve at most 1000000, not 1 and 1000001");
  CHECK(retry_budget(1000, 1'000'000).left() == 1'000'000);
  desk d;
  CHECK(d.sys.expect_error(d.one().ask(try_it{0}, 1h), errc::handler_failed).text ==
        "retry: attempts_max must be at least 1");
  CHECK(d.sys.expect_failure("/user/caller").reason.find("attempts_max") != std::string::npos);
}

TEST_CASE(
    "RT1: a call is made again until it succeeds, with the time that is left, and not before its wait is "
    "over") {
  desk d;
  auto answer = d.one().ask(try_it{4, 10s}, 1h);
  d.fail();
  d.sys.advance(999ms);
  d.callee.expect_no_message();
  d.sys.advance(1ms);
  d.fail();
  d.sys.advance(2s);
  d.callee.expect<question>();
  d.callee.reply(7);
  CHECK(d.sys.expect_reply(std::move(answer)) == 7);
  CHECK(*d.left == std::vector<duration>{10s, 9s, 7s});
}

TEST_CASE("RP1, RT1: the last error is the answer, and says how many attempts there were") {
  desk d;
  auto answer = d.one().ask(try_it{2}, 1h);
  d.fail();
  d.sys.advance(1s);
  d.fail();
  CHECK(d.sys.expect_error(std::move(answer), errc::overloaded).text == "not yet (the last of 2 attempts)");
  CHECK(d.left->front() == duration::max());
}

TEST_CASE("RP4: no wait is begun that would end past the deadline") {
  desk d;
  auto answer = d.one().ask(try_it{9, 3s}, 1h);
  d.fail();
  d.sys.advance(1s);
  d.fail();
  CHECK(d.sys.expect_error(std::move(answer), errc::overloaded).text ==
        "not yet (attempt 2; no time is left for another)");
}

TEST_CASE("RP2: an error that says no is the answer at once, as it is") {
  desk d;
  auto answer = d.one().ask(try_it{9}, 1h);
  d.fail(errc::not_found);
  CHECK(d.sys.expect_error(std::move(answer), errc::not_found).text == "not yet");
}

TEST_CASE("RP5: a budget that is used up ends the retries of all who share it") {
  retry_budget b{0, 1};
  desk d;
  const auto c = d.one(&b);
  auto first = c.ask(try_it{9}, 1h);
  d.fail();
  d.sys.advance(1s);
  d.fail();
  CHECK(d.sys.expect_error(std::move(first), errc::overloaded).text ==
        "not yet (attempt 2; the retry budget is used up)");
  auto second = c.ask(try_it{9}, 1h);
  d.fail();
  CHECK(d.sys.expect_error(std::move(second), errc::overloaded).text ==
        "not yet (attempt 1; the retry budget is used up)");
}

TEST_CASE("L6: an actor that stops while it waits for its next attempt never makes it") {
  desk d;
  const auto c = d.one();
  auto answer = c.ask(try_it{2}, 1h);
  d.fail();
  d.sys.settle();
  stop(c);
  d.sys.expect_error(std::move(answer), errc::stopped);
  d.sys.advance(1min);
  d.callee.expect_no_message();
}

TEST_CASE("RT2: an asker that gives up ends the retries made for it") {
  desk d;
  auto answer = d.one().ask(try_it{9}, 1500ms);
  d.fail();
  d.sys.advance(1s);
  d.fail();
  d.sys.advance(500ms);
  d.sys.expect_error(std::move(answer), errc::timeout);
  d.sys.advance(1h);
  d.callee.expect_no_message();
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

TEST_CASE("TB2: nobody gets more than the burst and the rate in any time, whatever he asks for and when") {
  prng random{7};
  const rate r{.tokens = 7, .per = 1s, .burst = 5};
  token_bucket b{r, start};
  const duration each = duration{1s} / 7;
  std::vector<std::pair<time_point, std::uint32_t>> taken;
  time_point now = start;
  for (int i = 0; i < 3'000; ++i) {
    now += nanoseconds{static_cast<std::int64_t>(random.below(300'000'000))};
    const auto n = static_cast<std::uint32_t>(1 + random.below(5));
    const duration wait = b.wait(n, now);
    const bool got = b.take(n, now);
    REQUIRE(got == (wait == duration::zero()));
    if (!got) continue;
    taken.emplace_back(now, n);
    std::uint64_t sum = 0;
    for (auto at = taken.rbegin(); at != taken.rend() && at - taken.rbegin() < 60; ++at) {
      sum += at->second;
      REQUIRE(sum <= 5 + static_cast<std::uint64_t>((now - at->first) / each) + 1);
    }
  }
}

TEST_CASE("TB1: a wait is exactly as long as it says, and as long as the world for what never comes") {
  token_bucket b{{.tokens = 3, .per = 1s, .burst = 3}, start};
  REQUIRE(b.take(2, start));
  const duration wait = b.wait(3, start);
  CHECK_FALSE(b.take(3, start + wait - 1ns));
  CHECK(b.take(3, start + wait));
  CHECK(b.wait(std::numeric_limits<std::uint64_t>::max(), start) > hours{24 * 365});
  CHECK(b.each() == 333'333'333ns);
}

TEST_CASE("TB1: a rate without a burst has that of its tokens") {
  CHECK(rate{.tokens = 5}.full() == 5);
  CHECK(rate{.tokens = 5, .burst = 2}.full() == 2);
  token_bucket b{{.tokens = 5}, start};
  for (int i = 0; i < 5; ++i) CHECK(b.take(1, start));
  CHECK_FALSE(b.take(1, start));
}

TEST_CASE("settings of a rate that make no sense are one error that names what is wrong") {
  const auto wrong = [](const rate& r) { return validate(r).error().text; };
  CHECK(wrong({.tokens = 1, .per = 0s}) == "rate: per must be more than 0 and at most 24 h");
  CHECK(wrong({.tokens = 1, .per = hours{25}}) == "rate: per must be more than 0 and at most 24 h");
  CHECK(wrong({.tokens = 2, .per = 1ns}) == "rate: at most one token in a nanosecond");
  CHECK(wrong({.tokens = 1, .per = hours{24}, .burst = 4'000'000'000})
            .starts_with("rate: it would take centuries"));
  CHECK_THROWS_WITH(rate_limiter(rate_limiter_settings{}),
                    "invalid: rate limiter: rate: tokens must be at least 1");
}

TEST_CASE("RL2: who waits is served in order, at the moment the rate allows") {
  gate_keeper g;
  const auto a = g.one({.rate = {.tokens = 10, .per = 1s, .burst = 2}});
  for (int i = 0; i < 6; ++i) a.tell(take{i, i == 3 ? 2u : 1u});
  CHECK(g.notes() == lines{"took 0", "took 1"});
  g.sys.advance(100ms);
  CHECK(g.notes() == lines{"took 2"});
  g.sys.advance(199ms);
  CHECK(g.notes().empty());
  g.sys.advance(1ms);
  CHECK(g.notes() == lines{"took 3"});
  g.sys.advance(200ms);
  CHECK(g.notes() == lines{"took 4", "took 5"});
  CHECK(g.waiting(a) == 0);
}

TEST_CASE(
    "RL2: try_acquire takes nothing while anybody waits, nor more than there is, nor more than there ever "
    "is") {
  gate_keeper g;
  const auto a = g.one({.rate = {.tokens = 1, .per = 1s, .burst = 2}});
  const auto grabs = [&](std::uint32_t n) { return g.sys.expect_reply(a.ask(grab{n}, 1h)); };
  CHECK_FALSE(grabs(3));
  CHECK(grabs(1));
  CHECK_FALSE(grabs(2));
  a.tell(take{1, 2});
  CHECK_FALSE(grabs(1));  // there is one, but somebody waits for two
  g.sys.advance(1s);
  CHECK(g.notes() == lines{"took 1"});
  CHECK_FALSE(grabs(1));
  g.sys.advance(1s);
  CHECK(grabs(1));
}

TEST_CASE("RL3: too many who wait, too little time and too much at once are errors at once") {
  gate_keeper g;
  const auto a = g.one({.rate = {.tokens = 1, .per = 1h, .burst = 1}, .waiting_max = 2});
  a.tell(take{0});
  a.tell(take{1});
  a.tell(take{2, 1, 2h - 1ms});  // it would be its turn in 2 h
  a.tell(take{3, 2});
  a.tell(take{4, 1, 2h});
  a.tell(take{5});
  CHECK(g.notes() == lines{"took 0", "timeout 2", "invalid 3", "overloaded 5"});
  CHECK(g.waiting(a) == 2);
  g.sys.advance(2h);
  CHECK(g.notes() == lines{"took 1", "took 4"});
}

TEST_CASE("RL4: who gives up leaves his place, those behind him move up, and his tokens are not lost") {
  gate_keeper g;
  const auto a = g.one({.rate = {.tokens = 1, .per = 1s, .burst = 3}});
  a.tell(take{0, 3});
  auto gives_up = a.ask(ask_for{1}, 500ms);
  g.sys.settle();
  a.tell(take{2, 2});
  a.tell(take{3, 1});
  CHECK(g.waiting(a) == 3);
  g.sys.advance(500ms);
  g.sys.expect_error(std::move(gives_up), errc::timeout);
  CHECK(g.waiting(a) == 2);
  CHECK(g.notes() == lines{"took 0"});
  g.sys.advance(1500ms);
  CHECK(g.notes() == lines{"took 2"});
  g.sys.advance(1s);
  CHECK(g.notes() == lines{"took 3"});
}

TEST_CASE("RL4, L6: a restart takes those who wait along, and none of them is resumed") {
  gate_keeper g;
  g.sys.keep("/user/top");
  g.sys.keep_waiting("/user/top/a");
  auto top = supervise(
      g.sys, "top", one_for_one{},
      child<limited>("a", rate_limiter_settings{.rate = {.tokens = 1, .per = 1h}}, ref<note>{g.p.ref()}));
  const auto a = top.ref<limited>("a");
  for (int i = 0; i < 5; ++i) a.tell(take{i});
  CHECK(g.waiting(a) == 4);
  a.tell(crash{});
  CHECK(g.waiting(a) == 0);
  g.sys.advance(10h);
  CHECK(g.notes() == lines{"took 0"});
}

TEST_CASE("RL2: who wants little does not overtake who waits for much") {
  gate_keeper g;
  const auto a = g.one({.rate = {.tokens = 1, .per = 1h, .burst = 2}});
  a.tell(take{0});
  a.tell(take{1, 2});
  a.tell(take{2});
  CHECK(g.waiting(a) == 2);
  CHECK(g.notes() == lines{"took 0"});
}

}  // namespace pattern_calls_test
