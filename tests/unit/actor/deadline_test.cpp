// What an asker's deadline and its giving up mean for those who work for it (M5, M6).
#include <doctest/doctest.h>

#include "unit/actor/oracle.hpp"

namespace actor_deadline_test {

using namespace troupe;
using namespace life;

namespace {

struct ping {
  using reply = int;
};

struct through {
  duration patience_of_his_own;
  using reply = std::string;
};

/// Asks on, with more patience than its own asker has.
class middleman : public actor<through, ping> {
 public:
  middleman(ref<oracle> o, journal_ptr to) : oracle_(std::move(o)), to_(std::move(to)) {}
  task<std::string> on(through m) {
    const std::shared_ptr<void> seen{nullptr, [to = to_](void*) { to->note("handler gone"); }};
    to_->note("asks on");
    const auto first = co_await ask<question>(oracle_, m.patience_of_his_own);
    to_->note("first: " + said(first));
    const auto second = co_await ask<question>(oracle_, m.patience_of_his_own);
    to_->note("second: " + said(second));
    co_return "done";
  }
  int on(const ping&) { return 1; }

 private:
  static std::string said(const result<int>& r) {
    return r ? std::to_string(*r) : std::string{to_string(r.error().code)};
  }
  ref<oracle> oracle_;
  journal_ptr to_;
};

/// Sleeps before it asks on.
class sleepy : public actor<ping> {
 public:
  sleepy(ref<oracle> o, journal_ptr to) : oracle_(std::move(o)), to_(std::move(to)) {}
  task<int> on(ping) {
    const time_point before = turn_context::current().deadline;
    co_await sleep(1ms);
    to_->note(before != never && turn_context::current().deadline == before ? "sleepy: in the deadline"
                                                                            : "sleepy: without it");
    co_return (co_await ask<question>(oracle_, patience)).value();
  }

 private:
  ref<oracle> oracle_;
  journal_ptr to_;
};

struct ask_and_give_up {};
struct give_up {};

/// Asks in a task beside its handlers, and lets go of it.
class fickle : public actor<ask_and_give_up> {
 public:
  fickle(ref<middleman> m, journal_ptr to) : middleman_(std::move(m)), to_(std::move(to)) {}
  task<void> on(ask_and_give_up) {
    {
      auto asked = ask<through>(middleman_, 1h, duration{1h});  // no deadline ends it within the test
      co_await sleep(5ms);
    }
    to_->note("gave up");
  }

 private:
  ref<middleman> middleman_;
  journal_ptr to_;
};

struct fixture {
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  ref<oracle> o = spawn<oracle>(sys, "oracle", j, g);
  ref<middleman> m = spawn<middleman>(sys, "middleman", o, j);
};

}  // namespace

TEST_CASE("M6: an ask made for a request ends with the request's deadline, however patient it is itself") {
  fixture f;
  f.o.tell(hold_up{});
  REQUIRE(f.j->wait_for("held up"));
  CHECK(f.m.ask(through{patience}, 50ms).get().error().code == errc::timeout);
  // The middleman is free again although the oracle has not answered: its own ask ended too, or its handler was ended.
  CHECK(f.m.ask(ping{}, patience).get().value() == 1);
  CHECK(f.j->count("first: 7") == 0);
  f.g->open();
  CHECK(f.o.ask(question{}, patience).get().value() == 7);
  CHECK(f.j->count("asked") == 1);  // CX2: the overdue question was dropped before it was run
}

TEST_CASE("CX1: the deadline holds after a wait too") {
  fixture f;
  auto whole = f.m.ask(through{patience}, 150ms);
  REQUIRE(f.j->wait_for("first: 7"));
  f.o.tell(hold_up{});
  // Whether the second was asked before or behind the hold-up, the end is the same for the asker; it must come.
  const auto how = whole.get();
  if (!how) CHECK(how.error().code == errc::timeout);
  CHECK(f.m.ask(ping{}, patience).get().value() == 1);
  f.g->open();
}

TEST_CASE("CX1: a pause keeps the deadline too") {
  fixture f;
  f.o.tell(hold_up{});
  REQUIRE(f.j->wait_for("held up"));
  const auto s = spawn<sleepy>(f.sys, "sleepy", f.o, f.j);
  CHECK(s.ask(ping{}, 500ms).get().error().code == errc::timeout);
  CHECK(f.j->wait_for("sleepy: in the deadline"));
  f.g->open();
}

TEST_CASE("M6: a request without a deadline passes none on, also right behind one that had") {
  fixture f;
  f.o.tell(hold_up{});
  REQUIRE(f.j->wait_for("held up"));
  CHECK(f.m.ask(through{patience}, 20ms).get().error().code == errc::timeout);
  f.m.tell(through{patience});
  f.j->wait_for("asks on", 2);
  f.g->open();
  CHECK(f.j->wait_for("second: 7"));
}

TEST_CASE("M5: when an asker gives up, the handler that works for it ends where it waits") {
  fixture f;
  f.o.tell(hold_up{});
  REQUIRE(f.j->wait_for("held up"));
  const auto unsteady = spawn<fickle>(f.sys, "fickle", f.m, f.j);
  unsteady.tell(ask_and_give_up{});
  REQUIRE(f.j->wait_for("gave up"));
  CHECK(f.j->wait_for("handler gone"));
  CHECK(f.m.ask(ping{}, patience).get().value() == 1);  // while the oracle is still held up
  CHECK(f.j->count("first: 7") == 0);
  f.g->open();
}

TEST_CASE("M6: a request whose asker has given up before it is run is dropped and counted") {
  fixture f;
  f.o.tell(hold_up{});
  REQUIRE(f.j->wait_for("held up"));
  const auto before = f.sys.events().count(event_kind::dead_letter);
  CHECK(f.o.ask(question{}, 1ms).get().error().code == errc::timeout);
  f.g->open();
  CHECK(f.o.ask(question{}, patience).get().value() == 7);
  CHECK(f.j->count("asked") == 1);
  CHECK(f.sys.events().count(event_kind::dead_letter) - before == 1);
}

}  // namespace actor_deadline_test
