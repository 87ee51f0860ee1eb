// Whose deadline an ask has that is made for a request: seen where it arrives, by time, and not by who gives up first (M6, CX1, CX2).
#include <doctest/doctest.h>

#include <optional>
#include <troupe/actor/work_elsewhere.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>

namespace actor_inherited_deadline_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

using deadlines = std::vector<std::optional<time_point>>;

/// By when must you have answered?
struct by_when {
  using reply = std::optional<time_point>;
};
/// Asks somebody in between, or him who knows, always with an hour.
struct pass_on {
  std::vector<ref<pass_on>> way;
  using reply = std::optional<time_point>;
};
/// Asks again and again, with another kind of wait before each ask.
struct ask_after_waits {
  duration timeout = 1h;
  using reply = deadlines;
};
struct launch_an_ask {
  using reply = int;
};
struct tell_on {};
struct heard {
  std::optional<time_point> when;
};
/// A tell that says by when it must be answered.
struct told {};

class last : public actor<by_when, told> {
 public:
  explicit last(ref<heard> to) : to_(std::move(to)) {}
  std::optional<time_point> on(const by_when&) const { return request_deadline(); }
  void on(const told&) const { to_.tell(heard{request_deadline()}); }

 private:
  ref<heard> to_;
};

class middle : public actor<pass_on, ask_after_waits, launch_an_ask, tell_on> {
 public:
  middle(ref<last> end, ref<heard> to) : end_(std::move(end)), to_(std::move(to)) {}

  task<result<std::optional<time_point>>> on(pass_on m) {
    if (m.way.empty()) co_return co_await ask<by_when>(end_, 1h);
    const auto next = m.way.back();
    m.way.pop_back();
    co_return co_await ask<pass_on>(next, 1h, m.way);
  }

  task<result<deadlines>> on(ask_after_waits m) {
    deadlines seen{request_deadline()};
    seen.push_back((co_await ask<by_when>(end_, m.timeout)).value());
    co_await sleep(1s);
    seen.push_back((co_await ask<by_when>(end_, m.timeout)).value());
    const auto done = co_await run_blocking([] { return 1; });
    if (!done) co_return done.error();
    seen.push_back((co_await ask<by_when>(end_, m.timeout)).value());
    auto in_a_task = nested(m.timeout);
    seen.push_back(co_await in_a_task);
    seen.push_back(request_deadline());
    co_return seen;
  }

  int on(const launch_an_ask&) {
    launch(beside());
    return request_deadline() ? 1 : 0;
  }
  void on(const tell_on&) { end_.tell(told{}); }

 private:
  task<std::optional<time_point>> nested(duration timeout) {
    co_await sleep(1s);
    co_return (co_await ask<by_when>(end_, timeout)).value();
  }
  task<void> beside() {
    to_.tell(heard{request_deadline()});
    co_await sleep(1s);
    to_.tell(heard{request_deadline()});
    const auto theirs = co_await ask<by_when>(end_, 30min);
    to_.tell(heard{theirs.value()});
  }
  ref<last> end_;
  ref<heard> to_;
};

struct stage {
  test_system sys{for_doctest({.time = time_kind::manual})};
  probe<heard> p{sys};
  ref<last> end = sys.spawn<last>("last", ref<heard>{p.ref()});
  ref<middle> one = sys.spawn<middle>("one", end, ref<heard>{p.ref()});
  time_point begin = sys.now();
};

}  // namespace

TEST_CASE(
    "M6: an ask that is made for a request has the request's deadline, however far along, not its own") {
  stage s;
  const auto two = s.sys.spawn<middle>("two", s.end, ref<heard>{s.p.ref()});
  const auto three = s.sys.spawn<middle>("three", s.end, ref<heard>{s.p.ref()});
  const auto seen = s.sys.expect_reply(s.one.ask(pass_on{{two, three}}, 10min));
  CHECK(seen == s.begin + 10min);
}

TEST_CASE("M6: an ask that has less time than the request it is made for has its own deadline") {
  stage s;
  CHECK(s.sys.expect_reply(s.one.ask(pass_on{}, 2h)) == s.begin + 1h);
}

TEST_CASE(
    "CX1: a handler knows its request's deadline, and its asks have it, before and after waits of each "
    "kind") {
  stage s;
  auto answer = s.one.ask(ask_after_waits{}, 10min);
  // Between the waits its worker does other work, with other deadlines and with none.
  for (int i = 0; i < 4; ++i) {
    s.sys.advance(500ms);
    s.sys.expect_reply(s.end.ask(by_when{}, 3min));
    s.end.tell(told{});
    CHECK_FALSE(s.p.expect<heard>().when);
  }
  const auto seen = s.sys.expect_reply(std::move(answer));
  CHECK(seen == deadlines(6, s.begin + 10min));
}

TEST_CASE("CX1: after a wait the shorter of the two is the ask's own, counted from the ask") {
  stage s;
  auto answer = s.one.ask(ask_after_waits{1min}, 10min);
  s.sys.advance(2s);
  const auto whole = s.begin + 10min;
  CHECK(s.sys.expect_reply(std::move(answer)) == deadlines{whole, s.begin + 1min, s.begin + 1s + 1min,
                                                           s.begin + 1s + 1min, s.begin + 2s + 1min, whole});
}

TEST_CASE("M6: a tell has no deadline and takes none over; nor does a task that was launched") {
  stage s;
  s.end.tell(told{});
  CHECK_FALSE(s.p.expect<heard>().when);
  CHECK(s.sys.expect_reply(s.one.ask(launch_an_ask{}, 10s)) == 1);
  CHECK_FALSE(s.p.expect<heard>().when);
  s.sys.advance(1s);
  CHECK_FALSE(s.p.expect<heard>().when);
  CHECK(s.p.expect<heard>().when == s.begin + 1s + 30min);
}

TEST_CASE("CX2: a tell made for a request takes its deadline not over") {
  stage s;
  auto asked = s.one.ask(tell_on{}, 10s);  // answered when it has been handled
  CHECK_FALSE(s.p.expect<heard>().when);
  CHECK(asked.get().has_value());
}

}  // namespace actor_inherited_deadline_test
