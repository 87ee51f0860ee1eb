// Events put aside, answers from a later state, and handlers that wait (SM2, MA2, MA6, MR1, ST2).
#include <doctest/doctest.h>

#include <troupe/machine/state_machine.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>

#include "unit/cell/world.hpp"

namespace machine_postpone_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

using life::lines;

constexpr auto patience = 20s;

struct connect {
  using reply = std::string;
};
struct connected {
  std::string by;
};
struct lost {};
struct get {
  std::string key;
  using reply = std::string;
};
struct put {
  std::string line;
};
struct look_up {
  std::string key;
  using reply = std::string;
};
struct again {
  int n = 0;
};
struct never_done {};

/// A connection that is made when it is needed.
class session : public state_machine<session, connect, connected, lost, get, put, never_done> {
 public:
  struct idle {};
  struct connecting {};
  struct up {};
  using states = troupe::states<idle, connecting, up>;
  using events = messages<again>;
  static constexpr std::size_t stash_max = 3;
  static constexpr std::uint32_t chain_max = 10;

  session(ref<look_up> server, life::journal_ptr to) : server_(std::move(server)), to_(std::move(to)) {}

  // The asker waits until it is up: the answer comes from a later state.
  replying<std::string, connecting> when(idle, const connect&) {
    return next_state<connecting>().later(waiting_ = answer_later<std::string>());
  }
  // Needed: goes there, and handles the same message again when it is up.
  replying<std::string, connecting> when(idle, const get&) { return next_state<connecting>().postpone(); }
  void when(idle, const put&) {}

  replying<std::string> when(connecting, const get&) { return postpone(); }
  transition<> when(connecting, const put&) { return postpone(); }
  replying<std::string> when(connecting, const connect&) { return postpone(); }
  transition<up> when(connecting, const connected& m) {
    waiting_.reply("by " + m.by);
    return next_state<up>().next_event(again{1});
  }

  task<replying<std::string, idle>> when(up, get m) {
    auto value = co_await ask<look_up>(server_, 10s, m.key);
    if (!value) co_return next_state<idle>().fail(value.error());
    if (value->empty()) co_return postpone();
    if (*value == "forget") co_return keep_state().cancel_timeout<again>().reply(*value);
    co_return reply(*value + " of " + m.key);
  }
  void when(up, const put& m) { to_->note(m.line); }
  std::string when(up, const connect&) { return "up already"; }
  transition<up> when(up, const again& m) {
    to_->note("again " + std::to_string(m.n));
    if (m.n == 1) return keep_state().timeout(2s, again{2});
    if (m.n == 2) return keep_state().timeout(0s, again{3});
    return keep_state();
  }
  transition<> when(any_state, const again&) { return postpone(); }
  void when(any_state, const connected&) {}
  transition<idle> when(any_state, const lost&) { return next_state<idle>(); }

  transition<connecting> when(idle, const never_done&) { return next_state<connecting>().postpone(); }
  transition<idle> when(any_state, const never_done&) { return next_state<idle>().postpone(); }

 private:
  ref<look_up> server_;
  life::journal_ptr to_;
  promise<std::string> waiting_;
};

struct stage {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  testkit::probe<look_up> server{sys};
  life::journal_ptr j = std::make_shared<life::journal>();
  ref<session> s = sys.spawn<session>("s", server.ref(), j);
};

}  // namespace

TEST_CASE("ST2: a message is answered from a later state through its promise") {
  stage s;
  auto up = s.s.ask(connect{}, patience);
  s.s.tell(connected{"cable"});
  CHECK(s.sys.expect_reply(std::move(up)) == "by cable");
}

TEST_CASE(
    "SM2, SH2: what is postponed comes again after the change, in its order, before what waits, and is "
    "answered") {
  stage s;
  auto first = s.s.ask(get{"a"}, patience);  // moves, and is postponed with it
  s.s.tell(put{"x"});
  s.s.tell(put{"y"});
  s.sys.settle();
  CHECK(s.j->all().empty());
  s.s.tell(connected{"cable"});
  s.s.tell(put{"z"});
  s.server.expect<look_up>();
  s.server.reply(std::string{"1"});
  CHECK(s.sys.expect_reply(std::move(first)) == "1 of a");
  s.sys.settle();
  CHECK(s.j->all() == lines{"again 1", "x", "y", "z"});
}

TEST_CASE("MA6, SH1: what is postponed is bounded, and one message more is a failure that says so") {
  testkit::test_system sys{testkit::for_doctest()};
  testkit::probe<look_up> server{sys};
  const auto s = troupe::spawn<session>(sys, "s", server.ref(), std::make_shared<life::journal>());
  auto asked = s.ask(get{"a"}, patience);
  for (int i = 0; i < 3; ++i) s.tell(put{"x"});
  CHECK(sys.expect_failure("/user/s").reason.find("the stash is full (stash_max = 3)") != std::string::npos);
  sys.expect_error(std::move(asked), errc::stopped);
}

TEST_CASE("SM8: a message that every state postpones as it moves on ends as a failure, not in a loop") {
  testkit::test_system sys{testkit::for_doctest()};
  testkit::probe<look_up> server{sys};
  const auto s = troupe::spawn<session>(sys, "s", server.ref(), std::make_shared<life::journal>());
  s.tell(never_done{});
  CHECK(sys.expect_failure("/user/s").reason.find("goes in circles") != std::string::npos);
}

TEST_CASE("MA2, M7: a handler that waits changes the state when it has ended; messages come after it") {
  stage s;
  s.s.tell(connect{});
  s.s.tell(connected{"cable"});
  auto first = s.s.ask(get{"a"}, patience);
  s.s.tell(put{"x"});
  auto connects = s.s.ask(connect{}, patience);
  s.server.expect<look_up>();
  CHECK(s.j->count("x") == 0);
  s.server.reply_error({errc::not_found, "no a"});
  s.sys.expect_error(std::move(first), errc::not_found);
  s.s.tell(connected{"radio"});
  // In idle it began to connect, and `x` was for nobody.
  CHECK(s.sys.expect_reply(std::move(connects)) == "by radio");
  CHECK(s.j->count("x") == 0);
}

TEST_CASE("SM2: a handler that has waited may postpone its message all the same") {
  stage s;
  s.s.tell(connect{});
  s.s.tell(connected{"cable"});
  auto asked = s.s.ask(get{"a"}, patience);
  s.server.expect<look_up>();
  s.server.reply(std::string{});
  s.sys.settle();
  s.s.tell(lost{});  // again, in idle: connects
  s.s.tell(connected{"radio"});
  s.server.expect<look_up>();
  s.server.reply(std::string{"2"});
  CHECK(s.sys.expect_reply(std::move(asked)) == "2 of a");
}

TEST_CASE(
    "MR1: a timer that is due while a handler waits comes when that has ended, also when its asker has given "
    "it up") {
  stage s;
  s.s.tell(connect{});
  s.s.tell(connected{"cable"});
  auto asked = s.s.ask(get{"a"}, patience);
  s.server.expect<look_up>();
  s.sys.advance(5s);
  CHECK(s.j->all() == lines{"again 1"});
  s.server.reply(std::string{"1"});
  CHECK(s.sys.expect_reply(std::move(asked)) == "1 of a");
  s.sys.settle();
  CHECK(s.j->all() == lines{"again 1", "again 2", "again 3"});

  stage given_up;
  given_up.s.tell(connect{});
  given_up.s.tell(connected{"cable"});
  auto short_one = given_up.s.ask(get{"a"}, 4s);
  given_up.server.expect<look_up>();
  given_up.sys.advance(3s);
  CHECK(given_up.j->all() == lines{"again 1"});
  given_up.sys.advance(2s);
  given_up.sys.expect_error(std::move(short_one), errc::timeout);
  given_up.sys.settle();
  CHECK(given_up.j->all() == lines{"again 1", "again 2", "again 3"});
}

TEST_CASE(
    "MR1, SM5: a timer that was due while a handler waited, and that this handler cancels, does not come") {
  stage s;
  s.s.tell(connect{});
  s.s.tell(connected{"cable"});
  auto asked = s.s.ask(get{"a"}, patience);
  s.server.expect<look_up>();
  s.sys.advance(5s);
  s.server.reply(std::string{"forget"});
  CHECK(s.sys.expect_reply(std::move(asked)) == "forget");
  s.sys.advance(5s);
  CHECK(s.j->all() == lines{"again 1"});
}

TEST_CASE("SM2: an event of the machine's own may be postponed, and comes again") {
  stage s;
  s.s.tell(connect{});
  s.s.tell(connected{"cable"});
  s.s.tell(lost{});
  s.sys.settle();
  s.sys.advance(3s);  // in idle: put aside
  CHECK(s.j->all() == lines{"again 1"});
  s.s.tell(connect{});
  s.s.tell(connected{"radio"});
  s.sys.settle();
  CHECK(s.j->count("again 2") == 1);
  CHECK(s.j->count("again 3") == 1);
}

TEST_CASE(
    "M5, L6: a stop ends what is postponed, what waits, and what is promised, and each asker hears it") {
  stage s;
  auto promised = s.s.ask(connect{}, patience);
  auto postponed = s.s.ask(get{"a"}, patience);
  s.sys.settle();
  stop(s.s);
  s.sys.expect_error(std::move(promised), errc::broken_promise);
  s.sys.expect_error(std::move(postponed), errc::stopped);
  stage waits;
  waits.s.tell(connect{});
  waits.s.tell(connected{"cable"});
  auto asked = waits.s.ask(get{"a"}, patience);
  waits.server.expect<look_up>();
  stop(waits.s);
  waits.sys.expect_error(std::move(asked), errc::stopped);
}

}  // namespace machine_postpone_test
