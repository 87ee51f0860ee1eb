// Circuit breakers: the machine by itself (CB1-CB4) and around asks (CI1-CI4).
#include <doctest/doctest.h>

#include <troupe/pattern/circuit_breaker.hpp>

#include "unit/cell/world.hpp"

using namespace troupe;
using namespace life;

namespace {

constexpr time_point start{std::chrono::hours{1}};
const backoff_settings waits{.min = 1s, .max = 4s, .jitter = 0};

/// The machine with the time that passes.
struct machine {
  breaker_machine m{3, waits};
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

struct question {
  bool works = true;
  using reply = int;
};
struct through {
  bool works = true;
  using reply = int;
};
struct hang {};

class callee : public actor<question, hang> {
 public:
  explicit callee(journal_ptr to, gate_ptr g) : to_(std::move(to)), gate_(std::move(g)) {}
  result<int> on(const question& m) {
    to_->note("asked");
    if (!m.works) return error{errc::overloaded, "busy"};
    return 7;
  }
  void on(const hang&) { gate_->pass(); }

 private:
  journal_ptr to_;
  gate_ptr gate_;
};

class front : public actor<through> {
 public:
  front(ref<callee> to, breaker_settings settings, journal_ptr j)
      : to_(std::move(to)), breaker_([&] {
          settings.on_change = [j](const breaker_change& c) {
            j->note(std::string{to_string(c.from)} + " -> " + std::string{to_string(c.to)});
          };
          return std::move(settings);
        }()) {}
  task<result<int>> on(through m) { co_return co_await breaker_.ask<question>(to_, m.works); }

 private:
  ref<callee> to_;
  circuit_breaker breaker_;
};

struct stage {
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  ref<callee> to = spawn<callee>(sys, "callee", j, g);

  errc ask(const ref<front>& f, bool works) {
    const auto answer = f.ask(through{works}, patience).get();
    return answer ? errc{} : answer.error().code;
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
  CHECK_FALSE(t.m.admit(t.now + 1h));
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

TEST_CASE("CI2, CI4: an open breaker answers at once without the callee, and tells of its changes") {
  stage s;
  const auto f = spawn<front>(
      s.sys, "front", s.to,
      breaker_settings{.name = "callee", .failures_max = 2, .reset_timeout = {.min = 1h, .max = 2h}}, s.j);
  CHECK(s.ask(f, true) == errc{});
  CHECK(s.ask(f, false) == errc::overloaded);
  CHECK(s.ask(f, false) == errc::overloaded);
  CHECK(s.j->wait_for("closed -> open"));
  const auto refused = f.ask(through{true}, patience).get();
  CHECK(refused.error().text.starts_with("circuit breaker 'callee' is open; it tries again in "));
  CHECK(s.j->count("asked") == 3);
}

TEST_CASE("it closes again when the call that tries succeeds") {
  stage s;
  const auto f = spawn<front>(
      s.sys, "front", s.to,
      breaker_settings{.failures_max = 1, .reset_timeout = {.min = 1ns, .max = 1ns, .jitter = 0}}, s.j);
  CHECK(s.ask(f, false) == errc::overloaded);
  CHECK(s.ask(f, true) == errc{});
  CHECK(s.j->wait_for("open -> half_open"));
  CHECK(s.j->wait_for("half_open -> closed"));
}

TEST_CASE("CI3: a call that takes longer than call_timeout fails, and counts") {
  stage s;
  const auto f = spawn<front>(
      s.sys, "front", s.to,
      breaker_settings{.failures_max = 1, .call_timeout = 10ms, .reset_timeout = {.min = 1h, .max = 1h}},
      s.j);
  s.to.tell(hang{});
  CHECK(s.ask(f, true) == errc::timeout);
  CHECK(s.ask(f, true) == errc::overloaded);
  s.g->open();
}

TEST_CASE("settings of a breaker that make no sense are one error that names it") {
  CHECK_THROWS_WITH((circuit_breaker{breaker_settings{.name = "db", .failures_max = 0}}),
                    "invalid: circuit breaker 'db': failures_max must be at least 1");
  CHECK_THROWS_WITH((circuit_breaker{breaker_settings{.name = "db", .call_timeout = 0s}}),
                    "invalid: circuit breaker 'db': call_timeout must be more than 0");
}
