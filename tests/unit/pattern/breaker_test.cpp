// Circuit breakers around the calls of an actor (CI1-CI5, CB1-CB7).
#include <doctest/doctest.h>

#include <deque>

#include <troupe/pattern/circuit_breaker.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>

namespace pattern_breaker_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct question {
  int number = 0;
  using reply = int;
};
struct through {
  int number = 0;
  using reply = int;
};
/// By hand: takes a permit and keeps it.
struct take {
  using reply = bool;
};
/// Ends the oldest permit it has: well, badly, or not at all.
struct end_it {
  call_end how = call_end::success;
};
struct trip_it {};
struct reset_it {};
struct look {
  using reply = std::string;
};

std::string shown(const breaker_counts& c) {
  return std::to_string(c.succeeded) + " " + std::to_string(c.failed) + " " + std::to_string(c.given_up) +
         " " + std::to_string(c.refused) + " " + std::to_string(c.opened);
}

using changes = std::shared_ptr<std::vector<std::string>>;

/// Asks through its breaker. What changes is in `seen`, which a settled system does not touch.
class front : public actor<through, take, end_it, trip_it, reset_it, look> {
 public:
  front(ref<question> to, breaker_settings settings, changes seen)
      : to_(std::move(to)), breaker_(with(std::move(settings), std::move(seen))) {}
  task<result<int>> on(through m) { co_return co_await breaker_.ask<question>(to_, m.number); }
  result<bool> on(const take&) {
    auto mine = breaker_.enter();
    if (!mine) return mine.error();
    held_.push_back(std::move(*mine));
    return true;
  }
  void on(const end_it& m) {
    auto mine = std::move(held_.front());
    held_.pop_front();
    if (m.how == call_end::given_up) return;
    if (m.how == call_end::success) mine.succeeded();
    if (m.how == call_end::failure) mine.failed({errc::io, "broken"});
    mine.failed({errc::io, "said before"});
  }
  void on(const trip_it&) { breaker_.trip("the operator says so"); }
  void on(const reset_it&) { breaker_.reset("the operator has seen it work"); }
  std::string on(const look&) {
    return std::string{to_string(breaker_.phase())} + " " + shown(breaker_.counts());
  }

 private:
  static breaker_settings with(breaker_settings s, changes seen) {
    s.on_change = [seen, next = s.on_change](const breaker_change& c) {
      seen->push_back(std::string{to_string(c.from)} + " -> " + std::string{to_string(c.to)} + ": " + c.why);
      if (next) next(c);
    };
    return s;
  }
  ref<question> to_;
  circuit_breaker breaker_;
  std::deque<circuit_breaker::permit> held_;
};

struct stage {
  changes seen = std::make_shared<std::vector<std::string>>();
  test_system sys{for_doctest({.time = time_kind::manual})};
  probe<question> callee{sys, "callee"};

  ref<front> one(breaker_settings s) {
    return sys.spawn<front>("front", ref<question>{callee.ref()}, s, seen);
  }
  /// A call that the callee answers with `why`; an error without text: well.
  errc call(const ref<front>& f, std::optional<error> why = {}) {
    auto answer = f.ask(through{}, 1h);
    callee.expect<question>();
    if (why)
      callee.reply_error(*why);
    else
      callee.reply(7);
    if (!why) return sys.expect_reply(std::move(answer)) == 7 ? errc{} : errc::invalid;
    return sys.expect_error(std::move(answer), why->code).code;
  }
  std::string refused(const ref<front>& f) {
    return sys.expect_error(f.ask(through{}, 1h), errc::overloaded).text;
  }
  std::string look_at(const ref<front>& f) { return sys.expect_reply(f.ask(look{}, 1h)); }
};

const error busy{errc::overloaded, "busy"};
breaker_settings one_strike() {
  return {.name = "db",
          .failures_max = 1,
          .call_timeout = 2s,
          .reset_timeout = {.min = 5s, .max = 20s, .jitter = 0}};
}

}  // namespace

TEST_CASE("CI2, CI4: an open breaker answers at once without the callee, and tells of its changes") {
  stage s;
  const auto f =
      s.one({.name = "db", .failures_max = 2, .reset_timeout = {.min = 60s, .max = 120s, .jitter = 0}});
  CHECK(s.call(f) == errc{});
  s.call(f, busy);
  s.call(f, busy);
  s.sys.advance(10s);
  CHECK(s.refused(f) == "circuit breaker 'db' is open; it tries again in 50000 ms");
  s.callee.expect_no_message();
  CHECK(*s.seen == std::vector<std::string>{
                       "closed -> open: 2 failures in a row: overloaded: busy; tries again in 60000 ms"});
  s.sys.expect_log(log_level::warning, "circuit breaker 'db': closed -> open: 2 failures in a row");
  CHECK(s.look_at(f) == "open 1 2 0 1 1");
}

TEST_CASE("CI2: errors that prove that the callee works do not count") {
  stage s;
  const auto f = s.one(one_strike());
  s.call(f, error{errc::not_found, "no such row"});
  CHECK(s.look_at(f) == "closed 1 0 0 0 0");
}

TEST_CASE(
    "CB2, CB3: when its wait is over one call tries; while it does the others are refused; it closes the "
    "breaker") {
  stage s;
  const auto f = s.one(one_strike());
  s.call(f, busy);
  s.sys.advance(4999ms);
  CHECK(s.refused(f) == "circuit breaker 'db' is open; it tries again in 1 ms");
  s.sys.advance(1ms);
  CHECK(s.sys.expect_reply(f.ask(take{}, 1h)));
  CHECK(s.refused(f) == "circuit breaker 'db' is half open: one call tries already");
  f.tell(end_it{});
  CHECK(s.call(f) == errc{});
  CHECK(*s.seen == std::vector<std::string>{
                       "closed -> open: 1 failures in a row: overloaded: busy; tries again in 5000 ms",
                       "open -> half_open: its wait is over, one call tries",
                       "half_open -> closed: the call that tried succeeded"});
}

TEST_CASE("CB3: a trial that fails opens it for twice as long") {
  stage s;
  const auto f = s.one(one_strike());
  s.call(f, busy);
  s.sys.advance(5s);
  s.call(f, busy);
  CHECK(s.seen->back() ==
        "half_open -> open: the call that tried failed: overloaded: busy; tries again in 10000 ms");
}

TEST_CASE("CI3: an ask ends with call_timeout, which counts") {
  stage s;
  const auto f = s.one(one_strike());
  auto answer = f.ask(through{}, 1h);
  s.callee.expect<question>();
  s.sys.advance(1999ms);
  CHECK(s.seen->empty());
  s.sys.advance(1ms);
  s.sys.expect_error(std::move(answer), errc::timeout);
  CHECK(s.look_at(f) == "open 0 1 0 0 1");
}

TEST_CASE(
    "CI3, CB3: a trial that is never answered fails after call_timeout and opens it, for twice as long") {
  stage s;
  const auto f = s.one(one_strike());
  s.call(f, busy);
  s.sys.advance(5s);
  auto answer = f.ask(through{}, 1h);
  s.callee.expect<question>();
  s.sys.advance(1999ms);
  s.sys.settle();
  CHECK(s.seen->size() == 2);  // it tries
  s.sys.advance(1ms);
  s.sys.expect_error(std::move(answer), errc::timeout);
  CHECK(s.look_at(f) == "open 0 2 0 0 2");
  CHECK(s.seen->back().starts_with("half_open -> open: the call that tried failed: timeout"));
  CHECK(s.seen->back().ends_with("; tries again in 10000 ms"));
  s.callee.reply(7);  // after all: nobody waits
  s.sys.advance(9999ms);
  CHECK(s.refused(f) == "circuit breaker 'db' is open; it tries again in 1 ms");
  s.sys.advance(1ms);
  CHECK(s.call(f) == errc{});
  CHECK(s.look_at(f) == "closed 1 2 0 1 2");
}

TEST_CASE("CI5, CB6: a trial by hand that nobody ends keeps the others out for call_timeout, not for ever") {
  stage s;
  const auto f = s.one(one_strike());
  s.call(f, busy);
  s.sys.advance(5s);
  CHECK(s.sys.expect_reply(f.ask(take{}, 1h)));
  s.sys.advance(1999ms);
  CHECK(s.refused(f) == "circuit breaker 'db' is half open: one call tries already");
  s.sys.advance(1ms);
  CHECK(s.call(f) == errc{});
  f.tell(end_it{call_end::failure});  // CB4: of a trial that is none any more
  CHECK(s.look_at(f) == "closed 1 2 0 1 1");
}

TEST_CASE("CI3: a success that is too late is a failure, whichever errors are") {
  stage s;
  auto settings = one_strike();
  settings.is_failure = [](const error&) { return false; };
  const auto f = s.one(settings);
  s.call(f, busy);
  CHECK(s.look_at(f) == "closed 1 0 0 0 0");
  s.sys.expect_reply(f.ask(take{}, 1h));
  s.sys.advance(2001ms);
  f.tell(end_it{});
  CHECK(s.look_at(f) == "open 1 1 0 0 1");
}

TEST_CASE(
    "CI2, CI5: any awaitable goes through it: the call is not made while it is open, and its end counts") {
  struct by_call : actor<through, look> {
    by_call(ref<question> r, breaker_settings b) : to(std::move(r)), breaker(std::move(b)) {}
    task<result<int>> on(through m) {
      const auto make = [this, &m] { return ask<question>(to, 1h, m.number); };
      co_return co_await breaker.call(make);
    }
    std::string on(const look&) { return shown(breaker.counts()); }
    ref<question> to;
    circuit_breaker breaker;
  };
  stage s;
  const auto f = s.sys.spawn<by_call>("front", ref<question>{s.callee.ref()}, one_strike());
  const auto call = [&](std::optional<error> why) {
    auto answer = f.ask(through{}, 1h);
    s.callee.expect<question>();
    why ? s.callee.reply_error(*why) : s.callee.reply(7);
    return answer;
  };
  CHECK(s.sys.expect_reply(call({})) == 7);
  s.sys.expect_error(call(busy), errc::overloaded);
  CHECK(s.sys.expect_error(f.ask(through{}, 1h), errc::overloaded).text ==
        "circuit breaker 'db' is open; it tries again in 5000 ms");
  s.callee.expect_no_message();
  CHECK(s.sys.expect_reply(f.ask(look{}, 1h)) == "1 1 0 1 1");
}

TEST_CASE("CI3: a call that succeeds too late is a failure") {
  stage s;
  const auto f = s.one(one_strike());
  s.sys.expect_reply(f.ask(take{}, 1h));
  s.sys.expect_reply(f.ask(take{}, 1h));
  s.sys.advance(2s);
  f.tell(end_it{});
  CHECK(s.look_at(f) == "closed 1 0 0 0 0");
  s.sys.advance(1ms);
  f.tell(end_it{});
  CHECK(s.look_at(f) == "open 1 1 0 0 1");
  CHECK(s.seen->back() ==
        "closed -> open: 1 failures in a row: timeout: it took longer than 2000 ms; tries again in 5000 ms");
}

TEST_CASE("CI4: a trial whose asker gives up is told of, and the next call tries") {
  stage s;
  const auto f = s.one(one_strike());
  s.call(f, busy);
  s.sys.advance(5s);
  auto answer = f.ask(through{}, 1s);
  s.callee.expect<question>();
  s.sys.advance(1s);
  s.sys.expect_error(std::move(answer), errc::timeout);
  CHECK(s.look_at(f) == "open 0 1 1 0 2");
  CHECK(s.seen->back() == "half_open -> open: the call that tried was given up; the next one tries");
  CHECK(s.call(f) == errc{});
  CHECK(s.look_at(f) == "closed 1 1 1 0 2");
}

TEST_CASE("CI4: an actor that stops hears no more of its trial, and the callee's answer harms nobody") {
  stage s;
  const auto f = s.one(one_strike());
  s.call(f, busy);
  s.sys.advance(5s);
  auto answer = f.ask(through{}, 1h);
  s.callee.expect<question>();
  const auto changes_before = s.seen->size();
  stop(f);
  s.sys.settle();
  s.sys.expect_error(std::move(answer), errc::stopped);
  CHECK(s.seen->size() == changes_before);
}

TEST_CASE("CI4: what on_change throws is the actor's failure, also where a trial is given up") {
  stage s;
  auto settings = one_strike();
  settings.on_change = [](const breaker_change& c) {
    if (c.from == breaker_phase::half_open) throw std::runtime_error{"no"};
  };
  const auto f = s.one(settings);
  s.call(f, busy);
  s.sys.advance(5s);
  auto answer = f.ask(through{}, 1s);
  s.callee.expect<question>();
  s.sys.advance(1s);
  s.sys.expect_error(std::move(answer), errc::timeout);
  s.sys.settle();
  CHECK(s.sys.expect_failure("/user/front").reason.find("no") != std::string::npos);
}

TEST_CASE("CI5: a permit that goes without a word was given up; the first word about one counts") {
  stage s;
  auto settings = one_strike();
  settings.failures_max = 2;
  const auto f = s.one(settings);
  for (int i = 0; i < 4; ++i) s.sys.expect_reply(f.ask(take{}, 1h));
  f.tell(end_it{call_end::failure});
  f.tell(end_it{call_end::given_up});
  CHECK(s.look_at(f) == "closed 0 1 1 0 0");
  f.tell(end_it{call_end::success});
  CHECK(s.look_at(f) == "closed 1 1 1 0 0");  // and not failed as well, which is the second word
  f.tell(end_it{call_end::failure});
  CHECK(s.look_at(f) == "closed 1 2 1 0 0");
}

TEST_CASE("CB7: an operator opens it and closes it by hand, and both are told of") {
  stage s;
  const auto f = s.one(one_strike());
  f.tell(reset_it{});  // it is closed: nothing happens
  f.tell(trip_it{});
  CHECK(s.refused(f).starts_with("circuit breaker 'db' is open"));
  f.tell(reset_it{});
  CHECK(s.call(f) == errc{});
  CHECK(*s.seen == std::vector<std::string>{"closed -> open: the operator says so; tries again in 5000 ms",
                                            "open -> closed: the operator has seen it work"});
  s.sys.expect_log(log_level::warning, "circuit breaker 'db': closed -> open: the operator says so");
  s.sys.expect_log(log_level::info, "circuit breaker 'db': open -> closed: the operator has seen it work");
  for (int i = 0; i < 2; ++i) f.tell(trip_it{});
  CHECK(s.look_at(f) == "open 1 0 0 1 2");  // it was open already the second time
}

TEST_CASE("settings of a breaker that make no sense are one error that names it") {
  CHECK_THROWS_WITH((circuit_breaker{breaker_settings{.name = "db", .failures_max = 0}}),
                    "invalid: circuit breaker 'db': failures_max must be at least 1");
  CHECK_THROWS_WITH((circuit_breaker{breaker_settings{.name = "db", .call_timeout = 0s}}),
                    "invalid: circuit breaker 'db': call_timeout must be more than 0");
  CHECK_THROWS_WITH((circuit_breaker{breaker_settings{.name = "db", .window = 10'001}}),
                    "invalid: circuit breaker 'db': window must be at most 10000, not 10001");
  CHECK_THROWS_WITH((circuit_breaker{breaker_settings{.name = "db", .window_percent = 0}}),
                    "invalid: circuit breaker 'db': window_percent must be from 1 to 100, not 0");
  CHECK_THROWS_WITH((circuit_breaker{breaker_settings{.name = "db", .window_percent = 101}}),
                    "invalid: circuit breaker 'db': window_percent must be from 1 to 100, not 101");
  CHECK_THROWS_WITH((circuit_breaker{breaker_settings{.name = "db", .is_failure = nullptr}}),
                    "invalid: circuit breaker 'db': is_failure must be set");
  CHECK_THROWS_WITH((circuit_breaker{breaker_settings{.name = "db", .reset_timeout = {.min = 0s}}}),
                    "invalid: circuit breaker 'db': reset_timeout: backoff: min must be more than 0");
}

}  // namespace pattern_breaker_test
