// The system side of an actor: state, suspend and resume, traces of its messages (SM1-SM3, M9).
#include <doctest/doctest.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <troupe/json/json.hpp>
#include <troupe/ref/caf.hpp>
#include <troupe/sys/sys.hpp>
#include <troupe/sys/why.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace sys_test {

using namespace troupe;
using namespace life;

namespace sys_test {

struct tally {
  std::string name;
  std::int64_t total = 0;
};
TROUPE_CONTRACT(tally, "sys_test.tally", 1, name, total)

struct add {
  std::int64_t n = 0;
};
TROUPE_CONTRACT(add, "sys_test.add", 1, n)

struct total {
  using reply = std::int64_t;
};
TROUPE_CONTRACT(total, "sys_test.total", 1)

}  // namespace sys_test

namespace {

using sys_test::add;
using sys_test::tally;
using sys_test::total;

struct say_state {
  std::string text;  ///< what describe_state returns from now on; "throw": throws
};
struct wait_for {
  ref<total> who;
};
struct arm {};
struct hold_up {
  gate_ptr at;
};
struct crash {};
struct have_child {};
struct look_at {
  any_ref who;
  using reply = std::string;
};
struct tell_on {
  ref<add> who;
};

class counter
    : public actor<add, total, say_state, wait_for, arm, hold_up, crash, have_child, look_at, tell_on> {
 public:
  explicit counter(journal_ptr to) : to_(std::move(to)) {}

  void on(const add& m) {
    tally_.total += m.n;
    to_->note("add " + std::to_string(m.n));
  }
  std::int64_t on(const total&) { return tally_.total; }
  void on(const say_state& m) { says_ = m.text; }
  task<void> on(wait_for m) {
    const auto got = co_await ask<total>(m.who, 5s);
    to_->note(got ? "got it" : "got none");
  }
  void on(const arm&) {
    after_delay(1s, [this] { to_->note("timer"); });
  }
  void on(const hold_up& m) { m.at->pass(); }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  void on(const have_child&) { spawn<counter>(spawn_options{.name = "child"}, to_); }
  task<std::string> on(look_at m) {
    const auto s = co_await ask<sys::get_state>(sys::of(m.who), 1s);
    co_return s ? s->path : to_string(s.error());
  }
  void on(const tell_on& m) { m.who.tell(add{5}); }

  std::string describe_state() const override {
    if (says_ == "throw") throw std::runtime_error{"I won't say"};
    return says_.empty() ? to_json(tally_) : says_;
  }

 private:
  journal_ptr to_;
  tally tally_{"pears", 0};
  std::string says_;
};

/// Never answers.
class silent : public actor<total> {
 public:
  promise<std::int64_t> on(const total&) { return kept_ = answer_later<std::int64_t>(); }

 private:
  promise<std::int64_t> kept_;
};

struct world {
  journal_ptr seen = std::make_shared<journal>();
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  ref<counter> a = sys.spawn<counter>("a", seen);

  template <class M>
  reply_of<M> ask(const any_ref& who, M m = {}) {
    return sys.expect_reply(sys::of(who).ask(std::move(m), 1s));
  }
  /// The state once all that was sent before has been handled: the question overtakes the mailbox.
  sys::actor_state state(const any_ref& who) {
    sys.settle();
    return ask<sys::get_state>(who);
  }
  std::ptrdiff_t times(const std::string& line) {
    sys.settle();
    return seen->count(line);
  }
};

}  // namespace

TEST_CASE("an actor's state has what the runtime knows of it, and what its class says") {
  world w;
  w.sys.keep("/user/a/child");
  w.a.tell(add{7});
  w.a.tell(have_child{});
  const sys::actor_state s = w.state(w.a);
  CHECK(s.path == "/user/a");
  CHECK(s.type.find("counter") != std::string::npos);
  CHECK(s.status == "running");
  CHECK(s.incarnation == 0);
  CHECK(s.children == 1);
  CHECK(s.names == std::vector<std::string>{"child"});
  CHECK(!s.suspended);
  CHECK(from_json<tally>(s.state).value().total == 7);
  const std::string all = sys::as_json(s);
  CHECK(all.find("\"path\":\"/user/a\"") != std::string::npos);
  CHECK(all.find("\"state\":{\"name\":\"pears\",\"total\":7}") != std::string::npos);
  CHECK(json_document::parse(all).has_value());
}

TEST_CASE("a state that is no JSON, too large, or thrown is reported and fails nobody") {
  world w;
  w.a.tell(say_state{"{\"a\":"});
  CHECK(w.state(w.a).state_error.find("no JSON") != std::string::npos);
  CHECK(w.state(w.a).state.empty());
  CHECK(sys::as_json(w.state(w.a)).find("\"state\":null") != std::string::npos);
  w.a.tell(say_state{"\"" + std::string(sys::state_bytes_max, 'x') + "\""});
  CHECK(!w.state(w.a).state_error.empty());
  w.a.tell(say_state{"throw"});
  CHECK(w.state(w.a).state_error.find("I won't say") != std::string::npos);
  w.a.tell(say_state{"[1.50, null, true, {\"k\": \"v\"}]"});
  CHECK(sys::as_json(w.state(w.a)).find("\"state\":[1.50,null,true,{\"k\":\"v\"}]") != std::string::npos);
  CHECK(w.sys.events().count(event_kind::actor_failed) == 0);
}

TEST_CASE("SM2: a suspended actor keeps its mailbox, answers to its system side, and goes on in order") {
  world w;
  CHECK(w.ask<sys::suspend>(w.a));
  CHECK(!w.ask<sys::suspend>(w.a));  // once or often
  w.a.tell(add{1});
  w.a.tell(add{2});
  w.sys.settle();
  CHECK(w.seen->all().empty());
  const sys::actor_state s = w.state(w.a);
  CHECK(s.suspended);
  CHECK(s.mailbox == 2);
  CHECK(s.status == "running");
  CHECK(w.ask<sys::resume>(w.a));
  CHECK(!w.ask<sys::resume>(w.a));
  w.sys.settle();
  CHECK(w.seen->all() == lines{"add 1", "add 2"});
  CHECK(!w.state(w.a).suspended);
}

TEST_CASE("SM2: a suspended actor can be stopped") {
  world w;
  w.ask<sys::suspend>(w.a);
  w.a.tell(add{1});
  CHECK(stop_and_wait(w.a));
  CHECK(w.times("add 1") == 0);
  w.sys.expect_dead_letter<add>("/user/a");
}

TEST_CASE("a suspended actor's timers wait for it, its asks do not") {
  world w;
  const auto mute = w.sys.spawn<silent>("mute");
  w.a.tell(arm{});
  w.a.tell(wait_for{mute});
  w.sys.settle();
  w.ask<sys::suspend>(w.a);
  w.sys.advance(2s);
  CHECK(w.times("timer") == 0);
  w.sys.advance(10s);
  CHECK(w.times("got none") == 1);  // M5: an ask always completes
  w.ask<sys::resume>(w.a);
  CHECK(w.times("timer") == 1);
}

TEST_CASE("a suspension outlasts a restart, and ends the timers of the object that went") {
  world w;
  w.sys.keep("/user/top");
  w.sys.keep("/user/top/c");
  const auto top = supervise(w.sys, "top", one_for_one{}, child<counter>("c", w.seen));
  const auto c = top.template ref<counter>("c");
  const auto cell = cell_of(c);
  c.tell(arm{});
  w.sys.settle();
  w.ask<sys::suspend>(c);
  w.sys.advance(2s);
  cell->request_restart();
  w.sys.settle();
  CHECK(w.state(c).incarnation == 1);
  CHECK(w.state(c).suspended);
  c.tell(add{3});
  CHECK(w.times("add 3") == 0);
  w.ask<sys::resume>(c);
  CHECK(w.times("add 3") == 1);
  CHECK(w.times("timer") == 0);  // S6
}

TEST_CASE("SM2: an actor that waits in a coroutine says what for") {
  world w;
  const auto mute = w.sys.spawn<silent>("mute");
  w.a.tell(wait_for{mute});
  w.a.tell(add{1});
  w.sys.settle();
  const sys::actor_state s = w.state(w.a);
  CHECK(s.waiting_handlers == 1);
  REQUIRE(s.waits_for.size() == 1);
  CHECK(s.waits_for[0].find("i64") != std::string::npos);
  CHECK(s.waits_for[0].find("ms left") != std::string::npos);
  CHECK(s.mailbox == 1);
  w.sys.advance(6s);
}

TEST_CASE("SM2: a message to the system side overtakes the mailbox, and waits for a handler that computes") {
  world w;
  const auto gate = std::make_shared<life::gate>();
  w.a.tell(hold_up{gate});
  w.a.tell(add{1});
  auto suspended = sys::of(w.a).ask(sys::suspend{}, 1h);
  gate->open();
  CHECK(suspended.get().value());
  CHECK(w.times("add 1") == 0);
  w.ask<sys::resume>(w.a);
  CHECK(w.times("add 1") == 1);
}

TEST_CASE("SM1: an ask of a stopped actor's system side answers `stopped`, of an empty ref too") {
  world w;
  const auto side = sys::of(w.a);
  stop(w.a);
  w.sys.settle();
  w.sys.expect_error(side.ask(sys::get_state{}, 1s), errc::stopped);
  w.sys.expect_error(sys::of(ref_to<add>(w.sys.env(), "/user/nobody")).ask(sys::get_state{}, 1s),
                     errc::stopped);
  CHECK(!sys::of(any_ref{}));
}

TEST_CASE("SM1: actors ask too, and a named ref reaches whoever has the path now") {
  world w;
  const auto b = w.sys.spawn<counter>("b", w.seen);
  CHECK(w.sys.expect_reply(b.ask(look_at{w.a}, 1s)) == "/user/a");
  const auto named = ref_to<add>(w.sys.env(), "/user/a");
  stop(w.a);
  w.sys.settle();
  w.sys.spawn<counter>("a", w.seen).tell(add{9});
  CHECK(from_json<tally>(w.state(named).state).value().total == 9);
}

TEST_CASE("SM3: a plain CAF actor has no system side, and says so") {
  world w;
  const auto plain = w.sys.caf().spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
  const error why =
      w.sys.expect_error(sys::of(from_caf<int>(plain)).ask(sys::get_state{}, 1s), errc::invalid);
  CHECK(why.text.find("reach actors of troupe only, and ") != std::string::npos);
}

TEST_CASE("a supervisor says its state and refuses to be suspended") {
  world w;
  w.sys.keep("/user/top");
  w.sys.keep("/user/top/c");
  supervise(w.sys, "top", one_for_one{}, child<counter>("c", w.seen));
  const auto top = ref_to<add>(w.sys.env(), "/user/top");
  CHECK(w.state(top).type == "troupe::supervisor");
  CHECK(w.state(top).children == 1);
  const error why = w.sys.expect_error(sys::of(top).ask(sys::suspend{}, 1s), errc::invalid);
  CHECK(why.text.find("/user/top can't be suspended") != std::string::npos);
}

TEST_CASE("a trace shows the messages in and out of one actor, as many as it was told") {
  world w;
  const auto b = w.sys.spawn<counter>("b", w.seen);
  CHECK(w.ask(w.a, sys::trace{3}) == 0);
  w.a.tell(tell_on{b});
  w.sys.settle();
  const auto in =
      w.sys.said().expect_event(event_kind::message_traced, "/user/a", message_type_of<tell_on>.name);
  CHECK(in.action == "received");
  const auto out = w.sys.said().expect_event(event_kind::message_traced, "/user/a", "sys_test.add");
  CHECK(out.action == "sent to /user/b");
  CHECK(out.content == "{n: 5}");
  CHECK(out.sender == "/user/a");
  CHECK(w.state(w.a).traced == 1);
  w.a.tell(add{1});
  w.a.tell(add{2});
  w.sys.settle();
  const auto last = w.sys.said().expect_event(event_kind::message_traced, "/user/a", "sys_test.add");
  CHECK(last.content == "{n: 1}");
  CHECK(last.action == "received; the trace ends here");
  CHECK(w.sys.events().count(event_kind::message_traced) == 3);
}

TEST_CASE("a trace can be ended, and says how much was left") {
  world w;
  w.ask(w.a, sys::trace{10});
  w.a.tell(add{1});
  w.sys.settle();
  CHECK(w.ask(w.a, sys::trace{0}) == 9);
  w.a.tell(add{2});
  w.sys.settle();
  CHECK(w.sys.events().count(event_kind::message_traced) == 1);
}

TEST_CASE("SM1, RF4: the system side of an empty ref is an empty ref: asks of it are answered `stopped`") {
  const sys::handle none = sys::of(any_ref{});
  CHECK_FALSE(none);
  CHECK(none.ask(sys::get_state{}, patience).get().error().code == errc::stopped);
  CHECK(none.ask(sys::suspend{}, patience).get().error().code == errc::stopped);
  CHECK(none.ask(sys::resume{}, patience).get().error().code == errc::stopped);
  CHECK(none.ask(sys::trace{5}, patience).get().error().code == errc::stopped);
  none.tell(sys::suspend{});
  world w;
  CHECK(w.a.ask(look_at{any_ref{}}, patience).get().value() ==
        "stopped: an empty ref was asked");  // in an actor
  const auto why = sys::why(any_ref{});
  CHECK(why.error().code == errc::stopped);
}

TEST_CASE("SM1: what nobody waits for any more is not carried out") {
  world w;
  struct no_ones_slot final : engine::reply_slot {
    using engine::reply_slot::reply_slot;
    void settled() noexcept override {}
  };
  const engine::reply_slot_ptr slot{new no_ones_slot{message_type_of<bool>}};
  slot->fail({errc::cancelled});
  auto e = engine::make_envelope<sys::suspend>(message_type_of<sys::suspend>);
  e->reply = slot;
  sys::of(w.a).address()->post(std::move(e));
  CHECK(!w.state(w.a).suspended);
}

}  // namespace sys_test
