// Work elsewhere (run_blocking, run_on, pipe) whose actor restarts or stops before it is done, and work that never begins (WE3, WE4).
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <troupe/actor/work_elsewhere.hpp>
#include <troupe/sys/sys.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_work_stopped_test {

using namespace troupe;
using namespace life;
using testkit::test_system;

namespace {

/// Work that is awaited, and work whose result comes as a message.
struct compute {
  std::string dispatcher = "blocking";
  using reply = int;
};
struct compute_apart {
  std::string dispatcher = "blocking";
};
struct computed {
  result<int> n;
};
struct ping {
  using reply = std::uint64_t;
};
struct crash {};

/// Has work done that waits at a gate.
class boss : public actor<compute, compute_apart, computed, ping, crash> {
  auto the_work() const {
    return [to = to_, g = gate_] {
      to->note("works");
      g->pass();
      to->note("has worked");
      return 42;
    };
  }

 public:
  using interleaved = messages<compute>;
  boss(journal_ptr to, gate_ptr g) : to_(std::move(to)), gate_(std::move(g)) {}
  void on_start() { to_->note("starts"); }
  void on_stop() override { to_->note("stops"); }

  task<result<int>> on(compute m) {
    const std::shared_ptr<void> seen{nullptr, [to = to_](void*) { to->note("handler gone"); }};
    const auto work = the_work();
    auto n = co_await run_on(m.dispatcher, work);
    to_->note("awaited");
    co_return n;
  }
  void on(const compute_apart& m) {
    pipe(
        the_work(), self(), [](result<int> n) { return computed{std::move(n)}; }, m.dispatcher);
  }
  void on(const computed& m) {
    to_->note(m.n ? "computed " + std::to_string(*m.n) : "computed " + to_string(m.n.error()));
  }
  std::uint64_t on(const ping&) { return incarnation(); }
  void on(const crash&) { throw std::runtime_error{"crash"}; }

 private:
  journal_ptr to_;
  gate_ptr gate_;
};

/// One thread that all work elsewhere shares, so that the second piece waits for the first.
constexpr const char* narrow = "narrow";
system_options with_narrow() {
  auto o = quiet();
  o.dispatchers.push_back({narrow, engine::dispatcher_kind::blocking, 1});
  return o;
}

struct yard {
  explicit yard(system_options o = quiet()) : sys(std::move(o)) {}
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys;
  journal_ptr events = listen(sys);
  struct at_end {
    gate_ptr g;
    ~at_end() { g->open(); }
  } last{g};
};

/// A yard whose only thread for work has been taken.
struct crowded : yard {
  crowded() : yard(with_narrow()) {
    spawn<boss>(sys, "first", j, g).tell(compute_apart{narrow});
    REQUIRE(j->wait_for("works"));
  }
  /// Has `b` have work done, which waits for the thread.
  std::optional<future<int>> have_work_done(const ref<boss>& b, bool piped) {
    std::optional<future<int>> asked;
    if (piped)
      b.tell(compute_apart{narrow});
    else
      asked = b.ask(compute{narrow}, patience);
    CHECK(b.ask(ping{}, patience).get().value() == 0);  // behind the call
    CHECK(cell_of(b)->children().front()->status() == cell_status::starting);
    return asked;
  }
};

/// Where `line` is first; past the end: nowhere.
std::ptrdiff_t place_of(const lines& all, const std::string& line) {
  return std::find(all.begin(), all.end(), line) - all.begin();
}

/// Asks an actor's system side until it is in that status.
void until(const any_ref& who, const std::string& status) {
  for (;;) {
    const auto s = sys::of(who).ask(sys::get_state{}, patience).get();
    REQUIRE(s);
    if (s->status == status) return;
  }
}

/// The only child of an actor: its work, which is found between two of its parent's turns.
cell_ptr work_of(const any_ref& parent) {
  const auto kids = cell_of(parent)->children();
  REQUIRE(kids.size() == 1);
  return kids.front();
}

}  // namespace

TEST_CASE("WE3, S5: an actor that fails waits for its work before it starts anew; its asker hears at once") {
  yard y;
  auto top = supervise(y.sys, "top", one_for_one{}, child<boss>("boss", y.j, y.g));
  const auto b = top.ref<boss>("boss");
  auto asked = b.ask(compute{}, patience);
  REQUIRE(y.j->wait_for("works"));
  b.tell(crash{});
  CHECK(asked.get().error().code == errc::restarted);  // the gate is shut still
  CHECK(cell_of(b)->status() == cell_status::restarting);
  auto later = b.ask(ping{}, patience);
  REQUIRE(y.j->wait_for("handler gone"));
  CHECK(y.j->all() == lines{"starts", "works", "handler gone"});
  y.g->open();
  CHECK(later.get().value() == 1);
  const auto all = y.j->all();
  CHECK(all == lines{"starts", "works", "handler gone", "has worked", "stops", "starts"});
  CHECK(cell_of(b)->children().empty());
}

TEST_CASE(
    "WE3, S6: the result of piped work is nobody's once its actor restarts; the new one's work is its own") {
  yard y;
  auto top = supervise(y.sys, "top", one_for_one{}, child<boss>("boss", y.j, y.g));
  const auto b = top.ref<boss>("boss");
  b.tell(compute_apart{});
  REQUIRE(y.j->wait_for("works"));
  b.tell(crash{});
  b.tell(compute_apart{});
  until(b, "restarting");  // a result that had come before would be in its mailbox, which is kept
  y.g->open();
  REQUIRE(y.j->wait_for("computed 42"));
  CHECK(b.ask(ping{}, patience).get().value() == 1);
  CHECK(y.j->all() ==
        lines{"starts", "works", "has worked", "stops", "starts", "works", "has worked", "computed 42"});
}

TEST_CASE("WE3, L3: an actor that is stopped waits for its work, and nobody hears of the result") {
  for (const bool piped : {false, true}) {
    CAPTURE(piped);
    yard y;
    const auto b = spawn<boss>(y.sys, "boss", y.j, y.g);
    std::optional<future<int>> asked;
    if (piped)
      b.tell(compute_apart{});
    else
      asked = b.ask(compute{}, patience);
    REQUIRE(y.j->wait_for("works"));
    const cell_ptr c = cell_of(b);
    const cell_ptr work = work_of(b);
    note_end(c, y.j);
    stop(b);
    if (asked) CHECK(asked->get().error().code == errc::stopped);
    // What is asked of its system side now is answered behind the stop, so that has begun.
    const auto s = sys::of(b).ask(sys::get_state{}, patience).get();
    if (s) CHECK(s->status == "stopping");
    CHECK(c->status() == cell_status::stopping);
    CHECK(y.j->count("stops") == 0);
    y.g->open();
    REQUIRE(y.j->wait_for("gone /user/boss shutdown"));
    const auto all = y.j->all();
    CHECK(place_of(all, "has worked") < place_of(all, "stops"));
    CHECK(place_of(all, "stops") < place_of(all, "gone /user/boss shutdown"));
    CHECK(y.j->count("computed 42") == 0);
    CHECK(y.j->count("awaited") == 0);
    CHECK(work->status() == cell_status::stopped);
  }
}

TEST_CASE("WE3, S5: an actor goes without work that takes longer than a child may, which is reported") {
  const auto j = std::make_shared<journal>();
  const auto g = std::make_shared<gate>();
  auto options = testkit::for_doctest({.time = testkit::time_kind::manual});
  test_system sys{options};
  const auto b = sys.spawn<boss>("boss", j, g);
  b.tell(compute_apart{});
  REQUIRE(j->wait_for("works"));
  const cell_ptr c = cell_of(b);
  const cell_ptr work = work_of(b);
  note_end(c, j);
  stop(b);
  static_cast<void>(sys::of(b).ask(sys::get_state{}, patience).get());  // behind the stop: it waits now
  CHECK(c->status() == cell_status::stopping);
  // The test can't let time pass as ever: the system is not quiet while the work waits.
  auto& clock = static_cast<testkit::manual_clock&>(sys.platform().clock());
  const auto let_pass = [&](duration d) {
    clock.set(clock.now() + d);
    sys.env().timers().fire(clock.now());
    sys.platform().driver().interrupt();
  };
  let_pass(4999ms);
  static_cast<void>(sys::of(b).ask(sys::get_state{}, patience).get());
  CHECK(c->status() == cell_status::stopping);
  let_pass(1ms);
  CHECK(j->wait_for("gone /user/boss shutdown"));
  sys.said().expect_event(event_kind::shutdown_slow, work->path());
  CHECK(j->count("has worked") == 0);
  g->open();
  sys.settle();
  CHECK(j->count("has worked") == 1);
  CHECK(j->count("computed 42") == 0);
}

TEST_CASE(
    "WE3, M5: when the asker gives up, the handler ends, the work goes on, and its actor serves meanwhile") {
  yard y;
  const auto b = spawn<boss>(y.sys, "boss", y.j, y.g);
  auto asked = b.ask(compute{}, patience);
  REQUIRE(y.j->wait_for("works"));
  CHECK(asked.cancel());
  REQUIRE(y.j->wait_for("handler gone"));
  CHECK(b.ask(ping{}, patience).get().value() == 0);
  const cell_ptr work = work_of(b);
  note_end(work, y.j);
  y.g->open();
  CHECK(y.j->wait_for("gone " + work->path() + " normal"));
  CHECK(b.ask(ping{}, patience).get().value() == 0);
  CHECK(y.j->count("awaited") == 0);
}

TEST_CASE(
    "WE4: work that is ended by force before it began is answered `broken_promise`, is not done, and its "
    "actor serves") {
  for (const bool piped : {false, true}) {
    CAPTURE(piped);
    crowded c;
    const auto b = spawn<boss>(c.sys, "boss", c.j, c.g);
    auto asked = c.have_work_done(b, piped);
    CHECK(work_of(b)->kill());
    c.g->open();
    const std::string text = "broken_promise: the promise of a reply was dropped";
    if (asked)
      CHECK(to_string(asked->get().error()) == text);
    else
      CHECK(c.j->wait_for("computed " + text));
    CHECK(b.ask(ping{}, patience).get().value() == 0);
    CHECK(c.j->wait_for("computed 42"));  // the first one's
    CHECK(c.j->count("works") == 1);
  }
}

TEST_CASE(
    "WE4, L2: work whose child is asked to stop before it began is begun, done and answered all the same") {
  for (const bool piped : {false, true}) {
    CAPTURE(piped);
    crowded c;
    const auto b = spawn<boss>(c.sys, "boss", c.j, c.g);
    auto asked = c.have_work_done(b, piped);
    work_of(b)->request_stop(exit_kind::shutdown);
    c.g->open();
    if (asked) CHECK(asked->get().value() == 42);
    CHECK(c.j->wait_for("computed 42", piped ? 2 : 1));
    CHECK(b.ask(ping{}, patience).get().value() == 0);
  }
}

TEST_CASE(
    "WE3, M5: an actor that is stopped waits also for work that waits for a thread; its asker does not") {
  for (const bool piped : {false, true}) {
    CAPTURE(piped);
    crowded c;
    const auto b = spawn<boss>(c.sys, "boss", c.j, c.g);
    auto asked = c.have_work_done(b, piped);
    note_end(cell_of(b), c.j);
    stop(b);
    if (asked) CHECK(asked->get().error().code == errc::stopped);
    c.g->open();
    REQUIRE(c.j->wait_for("gone /user/boss shutdown"));
    CHECK(c.j->count("has worked") == 2);
    CHECK(c.j->wait_for("computed 42"));  // the first one's, who lives
    CHECK(c.j->count("computed 42") == 1);
    CHECK(c.j->count("awaited") == 0);
  }
}

}  // namespace actor_work_stopped_test
