// State machines as actors: where events go, what handlers return, enter and leave, the start (MA1-MA5, MA7, ST2).
#include <doctest/doctest.h>

#include <troupe/machine/state_machine.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace machine_state_machine_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 20s;

/// What actors said, in the order they said it. Read when all is quiet.
struct notebook {
  life::journal all;
  std::size_t read = 0;
};
using notebook_ptr = std::shared_ptr<notebook>;

struct note {
  std::string line;
};
struct button {};
struct fault {
  int code = 0;
};
struct repaired {
  using reply = std::string;
};
struct ask_state {
  using reply = std::string;
};
struct dusk {
  using reply = bool;
};
struct shut_down {};
struct crash {};

/// Lights with a pedestrian's button; notes all that happens in it.
class lights : public state_machine<lights, button, fault, repaired, ask_state, dusk, shut_down, crash> {
 public:
  struct working {};
  struct red : working {};
  struct green : working {};
  struct broken {};
  struct dark {};
  using states = troupe::states<working, red, green, broken, dark>;

  explicit lights(notebook_ptr to) : to_(std::move(to)) {}

  // ---- working
  transition<broken> when(working, const fault& m) {
    code_ = m.code;
    return next_state<broken>();
  }
  replying<bool, dark> when(working, const dusk&) { return next_state<dark>().reply(true); }
  void when(working, const button&) { say("button of working"); }
  std::string when(working, const repaired&) { return "nothing was broken"; }

  transition<green> when(red, const button&) { return next_state<green>(); }
  transition<red> when(green, const button&) {
    if (passes_) return pass();
    return next_state<red>();
  }
  transition<> when(green, const fault& m) {
    if (m.code < 0) return repeat_state();
    return pass();
  }

  // ---- broken
  auto when(broken, const repaired&) { return next_state<working>().reply("was " + std::to_string(code_)); }
  result<bool> when(broken, const dusk&) { return error{errc::overloaded, "broken"}; }
  auto when(broken, const button&) { return pass(); }

  // ---- any
  transition<stopped> when(any_state, const shut_down&) { return stop(); }
  std::string when(any_state, const ask_state&) {
    return std::string{state_name()} + (in_state<working>() ? " works" : "") +
           (came_from<working>() ? " worked" : "");
  }
  void when(any_state, const fault&) { say("one fault more"); }
  void when(any_state, const crash&) { throw std::runtime_error{"crash"}; }
  replying<std::string> when(any_state, const repaired&) {
    return keep_state().fail({errc::not_found, "dark"});
  }
  replying<bool, red> when(dark, const dusk&) {
    passes_ = true;
    return next_state<red>().reply(false);
  }
  auto when(dark, const button&) { return pass(); }

  void enter(working) { say("enter working"); }
  void leave(working) { say("leave working"); }
  void enter(red) { say("enter red"); }
  void leave(red) { say("leave red"); }
  void enter(green) { say("enter green"); }
  void leave(green) { say("leave green"); }
  void enter(broken) { say("enter broken"); }
  void on_transition(const state_change& c) {
    say(std::string{c.from} + "->" + std::string{c.to} + " by " + std::string{c.by});
  }
  void on_stop() override { say("stop in " + std::string{state_name()}); }

 private:
  void say(std::string line) { to_->all.note(std::move(line)); }
  notebook_ptr to_;
  int code_ = 0;
  bool passes_ = false;
};

struct stage {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  notebook_ptr notes = std::make_shared<notebook>();
  ref<lights> l = sys.spawn<lights>("lights", notes);

  /// What it has said since.
  std::vector<std::string> said() {
    sys.settle();
    auto all = notes->all.all();
    const auto from = std::exchange(notes->read, all.size());
    return {all.begin() + static_cast<std::ptrdiff_t>(from), all.end()};
  }
  std::string state() { return sys.expect_reply(l.ask(ask_state{}, patience)); }
};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("MA4, MA7: a machine begins when its actor starts, from the outside in, and says so") {
  stage s;
  CHECK(s.said() == lines{"->red by ", "enter working", "enter red"});
  CHECK(s.state() == "red works");
}

TEST_CASE(
    "MA1, MA4: the current state's handler comes first, then those around it, then that for any state") {
  stage s;
  s.said();
  s.l.tell(button{});
  CHECK(s.said() == lines{"leave red", "red->green by button", "enter green"});
  s.l.tell(fault{7});  // green passes it on to working
  CHECK(s.said() == lines{"leave green", "leave working", "green->broken by fault", "enter broken"});
  s.l.tell(fault{8});
  CHECK(s.said() == lines{"one fault more"});
  CHECK(s.state() == "broken worked");
}

TEST_CASE("MA1: what a handler passes on goes to the next one around it") {
  stage s;
  s.sys.expect_reply(s.l.ask(dusk{}, patience));
  s.sys.expect_reply(s.l.ask(dusk{}, patience));  // from now on green passes its button on
  s.l.tell(button{});
  CHECK(s.state() == "green works worked");
  s.said();
  s.l.tell(button{});
  CHECK(s.said() == lines{"button of working"});
}

TEST_CASE("MA1: what everybody passes on is not understood, and its asker hears that") {
  stage s;
  s.l.tell(fault{1});
  s.l.tell(button{});
  CHECK(s.sys.expect_dead_letter<button>("/user/lights").reason.find("not_understood") != std::string::npos);
  CHECK(s.state() == "broken worked");
}

TEST_CASE("SM1: repeating a state leaves and enters it again") {
  stage s;
  s.l.tell(button{});
  s.said();
  s.l.tell(fault{-1});
  CHECK(s.said() == lines{"leave green", "green->green by fault", "enter green"});
}

TEST_CASE("ST2: a step answers its message with a value or an error, and a value alone stays") {
  stage s;
  CHECK(s.sys.expect_reply(s.l.ask(repaired{}, patience)) == "nothing was broken");
  s.l.tell(fault{42});
  CHECK(s.sys.expect_error(s.l.ask(dusk{}, patience), errc::overloaded).text == "broken");
  CHECK(s.sys.expect_reply(s.l.ask(repaired{}, patience)) == "was 42");
  CHECK(s.state() == "red works");
  CHECK(s.sys.expect_reply(s.l.ask(dusk{}, patience)));
  CHECK(s.state() == "dark worked");
  CHECK(s.sys.expect_error(s.l.ask(repaired{}, patience), errc::not_found).text == "dark");
}

TEST_CASE("MA4: a stop runs no leave action, and on_stop sees the state") {
  stage s;
  s.l.tell(button{});
  testkit::probe<note> watcher{s.sys};
  watcher.watch(s.l);
  s.said();
  s.l.tell(shut_down{});
  CHECK(watcher.expect_terminated(s.l).kind == exit_kind::normal);
  CHECK(s.said() == lines{"stop in green"});
}

TEST_CASE("MA5, S6: a restarted machine begins anew") {
  testkit::test_system sys{testkit::for_doctest()};
  sys.keep("/user/top");
  sys.keep("/user/top/*");
  auto top = supervise(sys, "top", one_for_one{}, child<lights>("lights", std::make_shared<notebook>()));
  auto l = top.ref<lights>("lights");
  l.tell(button{});
  CHECK(sys.expect_reply(l.ask(ask_state{}, patience)) == "green works worked");
  l.tell(crash{});
  sys.expect_failure("/user/top/lights");
  CHECK(sys.expect_reply(l.ask(ask_state{}, patience)) == "red works");
}

namespace {

struct go {};

/// Begins where `init` says, after it has waited.
class late : public state_machine<late, go, ask_state> {
 public:
  struct outer {};
  struct first : outer {};
  struct second : outer {};
  using states = troupe::states<outer, first, second>;
  using events = messages<note>;

  explicit late(bool elsewhere) : elsewhere_(elsewhere) {}
  task<transition<second>> init() {
    co_await sleep(1s);
    if (!elsewhere_) co_return keep_state();
    co_return next_state<second>().next_event(note{"from init"});
  }
  void when(any_state, const go&) {}
  std::string when(any_state, const ask_state&) { return std::string{state_name()} + said_; }
  void when(any_state, const note& n) { said_ = " " + n.line + " in " + std::string{state_name()}; }

 private:
  bool elsewhere_;
  std::string said_;
};

/// Starts at once, in the data.
class eager : public state_machine<eager, ask_state> {
 public:
  struct only {};
  using states = troupe::states<only>;
  void init() { began_ = "init before enter"; }
  void enter(only) { began_ += ", enter"; }
  std::string when(only, const ask_state&) { return began_; }

 private:
  std::string began_;
};

/// Fails to start.
class broken_start : public state_machine<broken_start, ask_state> {
 public:
  struct only {};
  using states = troupe::states<only>;
  void enter(only) { throw std::runtime_error{"no power"}; }
  std::string when(only, const ask_state&) { return ""; }
};

}  // namespace

TEST_CASE("MA5: init may wait, and says where the machine begins; messages come after it") {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  const auto there = sys.spawn<late>("there", true);
  const auto here = sys.spawn<late>("here", false);
  CHECK(sys.expect_reply(there.ask(ask_state{}, patience), 2s) == "second from init in second");
  CHECK(sys.expect_reply(here.ask(ask_state{}, patience), 2s) == "first");
}

TEST_CASE("MA5: init comes before the first enter action, and what that throws is a failed start") {
  testkit::test_system sys{testkit::for_doctest()};
  CHECK(sys.expect_reply(sys.spawn<eager>("eager").ask(ask_state{}, patience)) == "init before enter, enter");
  troupe::spawn<broken_start>(sys, "broken");
  CHECK(sys.expect_failure("/user/broken").reason.find("no power") != std::string::npos);
}

namespace {

/// Counts on somebody.
class dependent : public state_machine<dependent, ask_state> {
 public:
  struct together {};
  struct alone {};
  using states = troupe::states<together, alone>;
  explicit dependent(any_ref on, bool puts_aside) : on_(std::move(on)), puts_aside_(puts_aside) {}
  void init() { watch(on_); }
  transition<alone> when(together, const terminated& news) {
    if (puts_aside_) return postpone();
    who_ = news.path();
    return next_state<alone>();
  }
  std::string when(any_state, const ask_state&) { return std::string{state_name()} + " " + who_; }

 private:
  any_ref on_;
  bool puts_aside_;
  std::string who_;
};

}  // namespace

TEST_CASE("MA8: a watched actor's end is an event, which can't be postponed") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto other = sys.spawn<eager>("other");
  const auto d = sys.spawn<dependent>("d", any_ref{other}, false);
  const auto stubborn = troupe::spawn<dependent>(sys, "stubborn", any_ref{other}, true);
  CHECK(sys.expect_reply(d.ask(ask_state{}, patience)) == "together ");
  CHECK(sys.expect_reply(stubborn.ask(ask_state{}, patience)) == "together ");
  stop(other);
  sys.settle();
  CHECK(sys.expect_reply(d.ask(ask_state{}, patience)) == "alone /user/other");
  CHECK(sys.expect_failure("/user/stubborn").reason.find("can't postpone `terminated`") != std::string::npos);
}

}  // namespace machine_state_machine_test
