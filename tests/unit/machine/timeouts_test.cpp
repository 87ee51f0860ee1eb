// Timers of state machines and events of their own (SM3-SM8, MR1, MR2).
#include <doctest/doctest.h>

#include <troupe/machine/state_machine.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/cell/world.hpp"

namespace machine_timeouts_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

using life::lines;

constexpr auto patience = 20s;

/// What the machine is told to do next, by name.
struct order {
  std::string what;
};
struct move_on {};
struct alarm {
  int n = 0;
};
struct tick {
  int n = 0;
};

/// Does as it is told, and notes what comes to it.
class clockwork : public state_machine<clockwork, order, move_on> {
 public:
  struct outer {};
  struct first : outer {};
  struct second : outer {};
  struct elsewhere {};
  using states = troupe::states<outer, first, second, elsewhere>;
  using events = messages<alarm, tick>;
  static constexpr std::uint32_t chain_max = 20;

  explicit clockwork(life::journal_ptr to, bool outer_ends, life::gate_ptr gate = nullptr)
      : to_(std::move(to)), outer_ends_(outer_ends), gate_(std::move(gate)) {}

  actions enter(outer) {
    if (outer_ends_) return keep_state().state_timeout(10s);
    return keep_state();
  }
  actions enter(second) { return keep_state().state_timeout(4s); }
  void enter(elsewhere) { say("elsewhere"); }

  transition<second, elsewhere> when(any_state, const order& m) {
    if (m.what == "state timeout") return keep_state().state_timeout(3s);
    if (m.what == "longer") return keep_state().state_timeout(5s);
    if (m.what == "cancel") return keep_state().cancel_state_timeout();
    if (m.what == "alarm 1") return keep_state().timeout(3s, alarm{1});
    if (m.what == "alarm 2") return keep_state().timeout(3s, alarm{2});
    if (m.what == "cancel alarm") return keep_state().cancel_timeout<alarm>();
    if (m.what == "quiet") return keep_state().event_timeout(3s);
    if (m.what == "idle") return keep_state().event_timeout(0s);
    if (m.what == "ticks") return keep_state().next_event(tick{1}).next_event(tick{2});
    if (m.what == "at once") return keep_state().timeout(0s, alarm{3}).next_event(tick{7});
    if (m.what == "circle") return keep_state().next_event(tick{100});
    if (m.what == "shorter second") return next_state<second>().state_timeout(1s);
    if (m.what == "second alarm") return next_state<second>().timeout(3s, alarm{4});
    if (m.what == "elsewhere timeout") return next_state<elsewhere>().state_timeout(1s);
    if (m.what == "wait") {
      say("waits");
      gate_->pass();
    }
    say(m.what);
    return keep_state();
  }
  transition<second, elsewhere> when(first, const move_on&) { return next_state<second>(); }
  transition<elsewhere> when(any_state, const move_on&) { return next_state<elsewhere>(); }

  void when(first, troupe::state_timeout) { say("first has lasted"); }
  transition<elsewhere> when(second, troupe::state_timeout) {
    say("second has lasted");
    return next_state<elsewhere>();
  }
  transition<elsewhere> when(outer, troupe::state_timeout) {
    say("outer has lasted");
    return next_state<elsewhere>();
  }
  void when(outer, troupe::event_timeout) { say("quiet"); }
  void when(any_state, const alarm& m) { say("alarm " + std::to_string(m.n)); }
  transition<> when(any_state, const tick& m) {
    if (m.n >= 100) return keep_state().next_event(tick{m.n + 1});
    say("tick " + std::to_string(m.n));
    if (m.n == 1) return keep_state().next_event(tick{11}).next_event(tick{12});
    return keep_state();
  }

 private:
  void say(std::string line) { to_->note(std::move(line)); }
  life::journal_ptr to_;
  bool outer_ends_;
  life::gate_ptr gate_;
};

struct stage {
  explicit stage(bool outer_ends = false) : outer(outer_ends) { sys.settle(); }

  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  life::journal_ptr j = std::make_shared<life::journal>();
  bool outer;
  ref<clockwork> m = sys.spawn<clockwork>("m", j, outer);

  void tell(std::string what) {
    m.tell(order{std::move(what)});
    sys.settle();
  }
  void move() {
    m.tell(move_on{});
    sys.settle();
  }
};

}  // namespace

TEST_CASE("a state timeout comes once, when its time has passed, and starting it again replaces it") {
  stage s;
  s.tell("state timeout");
  s.sys.advance(2s);
  s.tell("longer");
  s.sys.advance(4s);
  CHECK(s.j->all().empty());
  s.sys.advance(2s);
  s.sys.advance(20s);
  CHECK(s.j->all() == lines{"first has lasted"});
}

TEST_CASE("SM3: a change of state ends its timeout, and so does cancelling it") {
  stage s;
  s.tell("state timeout");
  s.tell("cancel");
  s.sys.advance(5s);
  CHECK(s.j->all().empty());
  s.tell("state timeout");
  s.move();
  s.move();
  s.sys.advance(20s);
  CHECK(s.j->all() == lines{"elsewhere"});
}

TEST_CASE(
    "SM3: the timeout of a state around others runs on while the machine moves inside of it, and is its "
    "own") {
  stage s{true};
  s.sys.advance(9s);
  s.move();
  s.sys.advance(2s);  // second has a handler too, but this is not its timeout
  CHECK(s.j->all() == lines{"outer has lasted", "elsewhere"});
  s.sys.advance(20s);
  CHECK(s.j->all().size() == 2);
}

TEST_CASE("SM5: of two timeouts for one state the last counts, which is the enter action's") {
  stage s;
  s.tell("shorter second");
  s.sys.advance(2s);
  CHECK(s.j->all().empty());
  s.sys.advance(3s);
  CHECK(s.j->all() == lines{"second has lasted", "elsewhere"});
}

TEST_CASE(
    "SM5: a named timeout brings its event in whatever state; starting it again replaces it with what it "
    "brings") {
  stage s;
  s.tell("alarm 1");
  s.sys.advance(2s);
  s.tell("alarm 2");
  s.move();
  s.sys.advance(2s);
  CHECK(s.j->all().empty());
  s.sys.advance(1500ms);
  CHECK(s.j->all() == lines{"alarm 2"});
  s.tell("alarm 1");
  s.tell("cancel alarm");
  s.sys.advance(20s);
  CHECK(s.j->count("alarm 1") == 0);
}

TEST_CASE("SM4: an event timeout ends with any event, a timeout of another kind among them") {
  stage s;
  s.tell("quiet");
  s.sys.advance(2s);
  s.tell("hello");
  s.sys.advance(5s);
  CHECK(s.j->all() == lines{"hello"});
  s.tell("state timeout");
  s.tell("quiet");  // due after it
  s.sys.advance(20s);
  CHECK(s.j->all() == lines{"hello", "first has lasted"});
  s.tell("quiet");
  s.sys.advance(4s);
  CHECK(s.j->all().back() == "quiet");
}

TEST_CASE(
    "MR2: an event timeout that is due while a message waits does not come, because that message ends it") {
  testkit::test_options options{.time = testkit::time_kind::manual};
  options.system.workers = 1;
  testkit::test_system sys{testkit::for_doctest(options)};
  auto j = std::make_shared<life::journal>();
  auto gate = std::make_shared<life::gate>();
  const auto m = sys.spawn<clockwork>("m", j, false);
  const auto blocker = sys.spawn<clockwork>("blocker", j, false, gate);
  // So many turns that the worker looks at the clock at the latest after them.
  std::vector<ref<clockwork>> others;
  for (int i = 0; i < 300; ++i) others.push_back(sys.spawn<clockwork>("other" + std::to_string(i), j, false));
  m.tell(order{"quiet"});
  sys.settle();
  // The one worker is held up until the timeout is due and the message is there.
  blocker.tell(order{"wait"});
  REQUIRE(j->wait_for("waits"));
  for (const auto& other : others) other.tell(order{"a turn"});
  m.tell(order{"a message"});
  static_cast<testkit::manual_clock&>(sys.platform().clock()).set(sys.now() + 5s);
  gate->open();
  sys.settle();
  CHECK(j->count("a message") == 1);
  CHECK(j->count("quiet") == 0);
  m.tell(order{"idle"});
  sys.settle();
  sys.advance(1ms);
  CHECK(j->count("quiet") == 1);
}

TEST_CASE("events that are inserted come before messages that wait, newest group first, each in its order") {
  stage s;
  s.m.tell(order{"ticks"});
  s.tell("a message");
  CHECK(s.j->all() == lines{"tick 1", "tick 11", "tick 12", "tick 2", "a message"});
}

TEST_CASE("SM7: a timeout of zero comes behind what is inserted, and before messages that wait") {
  stage s;
  s.m.tell(order{"at once"});
  s.tell("a message");
  CHECK(s.j->all() == lines{"tick 7", "alarm 3", "a message"});
}

TEST_CASE("SM8: a machine that goes in circles fails, and says by what") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto m = troupe::spawn<clockwork>(sys, "m", std::make_shared<life::journal>(), false);
  m.tell(order{"circle"});
  const auto why = sys.expect_failure("/user/m").reason;
  CHECK(why.find("goes in circles") != std::string::npos);
  CHECK(why.find("`tick` in state `first`") != std::string::npos);
}

TEST_CASE("SM8: what counts is events in a row: each message may cause as many again") {
  stage s;
  for (int i = 0; i < 50; ++i) s.tell("ticks");
  CHECK(s.j->count("tick 12") == 50);
}

TEST_CASE("a timeout that no handler would take is a failure where it is started, and says what to write") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto m = troupe::spawn<clockwork>(sys, "m", std::make_shared<life::journal>(), false);
  m.tell(order{"elsewhere timeout"});
  CHECK(sys.expect_failure("/user/m").reason.find("write when(elsewhere, troupe::state_timeout)") !=
        std::string::npos);
}

TEST_CASE("S6: the timers of a machine end with it") {
  stage s;
  s.tell("alarm 1");
  s.tell("quiet");
  stop(s.m);
  s.sys.advance(20s);
  CHECK(s.j->all().empty());
}

}  // namespace machine_timeouts_test
