// Machines whose own events are handled by coroutines, and machines that end (MR1, MR3, MA2, MA4, ST2).
#include <doctest/doctest.h>

#include <troupe/machine/state_machine.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>

#include "unit/cell/world.hpp"

namespace machine_errands_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

using life::lines;

constexpr auto patience = 20s;

struct fetch {
  int n = 0;
  using reply = int;
};
struct order {
  std::string what;
};
struct quit {
  using reply = int;
};
struct enter_it {
  using reply = int;
};
struct step {
  int n = 0;
};

/// Runs errands, one after the other.
class errands : public state_machine<errands, order, quit, enter_it> {
 public:
  struct out {};
  struct back {};
  struct trap {};
  struct mistake {};
  using states = troupe::states<out, back, trap, mistake>;
  using events = messages<step>;

  errands(ref<fetch> from, life::journal_ptr to) : from_(std::move(from)), to_(std::move(to)) {}

  transition<back, stopped, trap, mistake> when(any_state, const order& m) {
    if (m.what == "two") return keep_state().next_event(step{1}).next_event(step{2});
    if (m.what == "failing") return keep_state().next_event(step{-1}).next_event(step{2});
    if (m.what == "stop") return stop().next_event(step{0});
    if (m.what == "stop with a timeout") return stop().timeout(0s, step{0}).state_timeout(0s);
    if (m.what == "disk") return stop(exit_reason{exit_kind::failed, {errc::disk_full, "no room"}});
    if (m.what == "mistake") return next_state<mistake>();
    if (m.what == "wait") return keep_state().state_timeout(1s);
    to_->note(m.what);
    return keep_state();
  }
  // A plain task, for an event of its own.
  task<void> when(any_state, step m) {
    if (m.n < 0) throw std::runtime_error{"no errand"};
    if (m.n == 0) {
      to_->note("step 0");
      co_return;
    }
    const auto got = co_await ask<fetch>(from_, 10s, m.n);
    to_->note("got " + std::to_string(got.value()));
  }
  task<transition<back>> when(out, troupe::state_timeout) {
    const auto got = co_await ask<fetch>(from_, 10s, 7);
    to_->note("timeout got " + std::to_string(got.value()));
    co_return next_state<back>();
  }
  replying<int, stopped> when(any_state, const quit&) { return stop().reply(5); }
  replying<int, trap> when(any_state, const enter_it&) { return next_state<trap>().reply(1); }

  void enter(trap) { throw std::runtime_error{"it is a trap"}; }
  actions enter(mistake) { return keep_state().next_event(step{0}); }
  void enter(back) { to_->note("back"); }

 private:
  ref<fetch> from_;
  life::journal_ptr to_;
};

struct stage {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  testkit::probe<fetch> from{sys};
  life::journal_ptr j = std::make_shared<life::journal>();
  ref<errands> e = troupe::spawn<errands>(sys, "e", from.ref(), j);

  stage() { sys.keep("/user/e"); }
};

/// A machine and an actor with nothing of their own.
struct bare_machine : state_machine<bare_machine, order> {
  struct only {};
  using states = troupe::states<only>;
  void when(only, const order&) {}
};
struct bare_actor : actor<order> {
  void on(const order&) {}
};

}  // namespace

TEST_CASE(
    "MR1: of the machine's own events the next one waits until the handler before has ended, and so do "
    "messages") {
  stage s;
  s.e.tell(order{"two"});
  s.e.tell(order{"a message"});
  CHECK(s.from.expect<fetch>().n == 1);
  s.from.expect_no_message();
  s.from.reply(10);
  CHECK(s.from.expect<fetch>().n == 2);
  CHECK(s.j->all() == lines{"got 10"});
  s.from.reply(20);
  s.sys.settle();
  CHECK(s.j->all() == lines{"got 10", "got 20", "a message"});
}

TEST_CASE("MA2: a timeout's handler may wait, too, and go on from there") {
  stage s;
  s.e.tell(order{"wait"});
  s.sys.settle();
  s.sys.advance(2s);
  CHECK(s.from.expect<fetch>().n == 7);
  s.e.tell(order{"a message"});
  s.from.reply(1);
  s.sys.settle();
  CHECK(s.j->all() == lines{"timeout got 1", "back", "a message"});
}

TEST_CASE("MR3: a machine that has failed handles nothing more of what it has queued") {
  stage s;
  s.e.tell(order{"failing"});
  CHECK(s.sys.expect_failure("/user/e").reason.find("no errand") != std::string::npos);
  s.from.expect_no_message();
}

TEST_CASE("MR3: a machine that stops handles nothing more of what it has queued") {
  for (const char* how : {"stop", "stop with a timeout"}) {
    stage s;
    s.from.watch(s.e);
    s.e.tell(order{how});
    CHECK(s.from.expect_terminated(s.e).kind == exit_kind::normal);
    CHECK(s.j->all().empty());
  }
}

TEST_CASE("MA4: a stop may answer, and have a reason that watchers hear") {
  stage s;
  s.from.watch(s.e);
  CHECK(s.sys.expect_reply(s.e.ask(quit{}, patience)) == 5);
  CHECK(s.from.expect_terminated(s.e).kind == exit_kind::normal);
  stage full;
  full.from.watch(full.e);
  full.e.tell(order{"disk"});
  const auto why = full.from.expect_terminated(full.e);
  CHECK(why.kind == exit_kind::failed);
  CHECK(why.why.text == "no room");
}

TEST_CASE("ST2: a change whose enter action fails is not acknowledged") {
  stage s;
  const auto why = s.sys.expect_error(s.e.ask(enter_it{}, patience), errc::handler_failed);
  CHECK(why.text.find("it is a trap") != std::string::npos);
  s.sys.expect_failure("/user/e");
}

TEST_CASE("an enter action that inserts an event is a failure that says what to do instead") {
  stage s;
  s.e.tell(order{"mistake"});
  CHECK(s.sys.expect_failure("/user/e").reason.find("use a timeout of zero") != std::string::npos);
}

TEST_CASE("a machine that has neither timers nor events of its own is 64 bytes larger than its actor") {
  static_assert(sizeof(bare_machine) <= sizeof(bare_actor) + 64);
  CHECK(sizeof(bare_actor) == sizeof(actor_base));
}

}  // namespace machine_errands_test
