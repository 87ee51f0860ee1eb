// Ends by force (L3, kill.cpp, KI1-KI6): what others see of an actor that does not return, and what becomes of it when it does.
#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/cell/hanging.hpp"

namespace cell_kill_test {

using namespace hanging;

namespace {

/// Lets its askers wait.
class silent : public actor<ping> {
 public:
  task<int> on(ping) {
    co_await sleep(60s);
    co_return 1;
  }
};

/// An actor that hangs, and all that listens to its end.
struct stage {
  explicit stage(spawn_options how = {}, std::string hangs_in = {}) : sys(workers(3)) {
    how.name = "a";
    a = spawn<worker_actor>(sys, std::move(how), j, g, std::move(hangs_in));
    c = cell_of(a);
    note_end(c, end);
  }
  ~stage() { g->open(); }

  void until_it_hangs() {
    a.tell(hang{});
    REQUIRE(j->wait_for("hangs"));
  }
  std::string outcome(future<int> f) {
    const auto r = f.get();
    return r ? "answered" : std::string{to_string(r.error().code)};
  }

  journal_ptr j = std::make_shared<journal>();
  journal_ptr end = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys;
  journal_ptr events = listen(sys);
  ref<worker_actor> a;
  cell_ptr c;
};

}  // namespace

TEST_CASE(
    "KI2, KI4: while its handler hangs, what waits for a killed actor and what comes is answered at once") {
  stage s;
  s.until_it_hangs();
  std::vector<future<int>> waiting;
  for (int i = 0; i < 5; ++i) waiting.push_back(s.a.ask(ping{}, patience));
  s.a.tell(begin{});
  CHECK(s.c->kill());
  for (auto& f : waiting) CHECK(s.outcome(std::move(f)) == "stopped");
  CHECK(s.outcome(s.a.ask(ping{}, patience)) == "stopped");
  s.a.tell(begin{});
  CHECK(s.sys.events().count(event_kind::dead_letter) == 8);
  CHECK(s.c->mailbox_depth() == 0);
  CHECK(s.events->count("actor_killed /user/a") == 1);
  CHECK_FALSE(s.c->kill());  // once
  s.g->open();
  REQUIRE(s.j->wait_for("destroyed"));
  CHECK(s.j->all() == lines{"hangs", "returns", "destroyed"});  // KI5: no on_stop, no other message
}

TEST_CASE("KI4: messages that the hanging turn had taken out of its mailbox already are answered as well") {
  spawn_options how;
  SUBCASE("unbounded") { how.mailbox = unbounded(); }
  SUBCASE("bounded") { how.mailbox = bounded(100); }
  SUBCASE("prioritized") { how.mailbox = prioritized(); }
  stage s{how};
  // A first handler keeps the actor until all the others are there, so that the next turn takes them together.
  auto first = std::make_shared<gate>();
  s.c->run_inside([first](cell&) { first->pass(); });
  s.a.tell(hang{});
  std::vector<future<int>> waiting;
  for (int i = 0; i < 5; ++i) waiting.push_back(s.a.ask(ping{}, patience));
  first->open();
  REQUIRE(s.j->wait_for("hangs"));
  waiting.push_back(s.a.ask(ping{}, patience));
  CHECK(s.c->kill());
  for (auto& f : waiting) CHECK(s.outcome(std::move(f)) == "stopped");
  s.g->open();
  REQUIRE(s.j->wait_for("destroyed"));
  CHECK(s.j->count("on_stop") == 0);
}

TEST_CASE(
    "M8, KI4: offers that wait for room at a killed actor are settled, and tells that drop the oldest still "
    "lose nothing") {
  stage s{{.mailbox = bounded(2, overflow::push_back)}};
  s.until_it_hangs();
  struct offers_on : actor<begin, ping> {
    offers_on(ref<begin> to, journal_ptr j) : to_(std::move(to)), j_(std::move(j)) {}
    task<void> on(begin) {
      const auto how = co_await offer<begin>(to_);
      j_->note(how ? "queued" : std::string{to_string(how.error().code)});
    }
    int on(const ping&) { return 1; }
    ref<begin> to_;
    journal_ptr j_;
  };
  for (int i = 0; i < 2; ++i) s.a.tell(begin{});
  auto who = spawn<offers_on>(s.sys, "offers", ref<begin>{s.a}, s.j);
  who.tell(begin{});
  // It waits: so its mailbox holds what comes next.
  auto later = who.ask(ping{}, patience);
  CHECK(s.c->kill());
  CHECK(s.j->wait_for("stopped"));
  CHECK(later.get().value() == 1);
  CHECK(s.sys.events().count(event_kind::dead_letter) == 3);
}

TEST_CASE("KI1, L4: each watcher hears of a killed actor once, however it watches, and so does a late one") {
  stage s;
  s.until_it_hangs();
  const caf::actor subject = s.a.caf();
  const auto observe = [&](bool links) {
    return s.sys.caf().spawn([j = s.end, subject, links](caf::event_based_actor* self) -> caf::behavior {
      self->set_down_handler([=](caf::down_msg& m) { j->note("down " + caf::to_string(m.reason)); });
      // CR2: an exit that can be trapped.
      self->set_exit_handler([=](caf::exit_msg& m) { j->note("exit " + caf::to_string(m.reason)); });
      if (links)
        self->link_to(subject);
      else
        self->monitor(subject);
      j->note("observes");
      return {[](int) {}};
    });
  };
  const caf::actor monitors = observe(false);
  const caf::actor linked = observe(true);
  REQUIRE(s.end->wait_for("observes", 2));
  CHECK(s.c->kill());
  CHECK(s.end->wait_for("gone /user/a killed"));
  CHECK(s.end->wait_for("down exit_reason(unreachable)"));
  CHECK(s.end->wait_for("exit exit_reason(unreachable)"));
  note_end(s.c, s.end);
  CHECK(s.end->wait_for("gone /user/a killed", 2));
  const auto late = observe(false);
  CHECK(s.end->wait_for("down exit_reason(unreachable)", 2));
  s.g->open();
  REQUIRE(s.j->wait_for("destroyed"));
  for (const auto& who : {monitors, linked, late}) caf::anon_send_exit(who, caf::exit_reason::kill);
  s.sys.shutdown();
  CHECK(s.end->count("gone /user/a killed") == 2);
  CHECK(s.end->count("down exit_reason(unreachable)") == 2);
  CHECK(s.end->count("exit exit_reason(unreachable)") == 1);
}

TEST_CASE("kill2killed, CR2: an actor that is linked to a killed one can trap its end") {
  // OTP's signal_SUITE: `kill` arrives as `killed`, so that who traps exits lives on. A CAF link to ours is the same.
  stage s;
  s.until_it_hangs();
  const caf::actor subject = s.a.caf();
  const auto traps = s.sys.caf().spawn([j = s.end, subject](caf::event_based_actor* self) -> caf::behavior {
    self->set_exit_handler([](caf::exit_msg&) {});
    self->link_to(subject);
    j->note("linked");
    return {[](int n) { return n + 1; }};
  });
  REQUIRE(s.end->wait_for("linked"));
  CHECK(s.c->kill());
  int got = 0;
  caf::scoped_actor self{s.sys.caf()};
  self->request(traps, caf::infinite, 1).receive([&](int n) { got = n; }, [&](caf::error&) {});
  CHECK(got == 2);
  caf::anon_send_exit(traps, caf::exit_reason::kill);
}

TEST_CASE(
    "KI3: an actor that sleeps is killed in its own turn: no message is run, no on_stop, frames are "
    "destroyed") {
  stage s;
  auto nobody = spawn<silent>(s.sys, "silent");
  SUBCASE("idle") {
    CHECK(s.a.ask(ping{}, patience).get().value() == 1);
    CHECK(s.c->kill());
  }
  SUBCASE("with a suspended coroutine") {
    auto asked = s.a.ask(wait_long{}, patience);
    REQUIRE(s.j->wait_for("waits"));
    CHECK(s.c->kill());
    CHECK(s.outcome(std::move(asked)) == "stopped");
  }
  SUBCASE("failed, before the verdict") {
    CHECK(s.a.ask(ping{}, patience).get().value() == 1);
    auto held = std::make_shared<gate>();
    s.sys.user_root()->run_inside([held](cell&) { held->pass(); });  // who would judge it
    s.c->run_inside([](cell& c) { c.fail({errc::handler_failed, "a test"}, nullptr); });
    auto waits = s.a.ask(ping{}, patience);
    CHECK(s.c->kill());
    CHECK(s.outcome(std::move(waits)) == "stopped");
    held->open();
  }
  REQUIRE(s.j->wait_for("destroyed"));
  CHECK(s.j->count("on_stop") == 0);
  CHECK(s.end->wait_for("gone /user/a killed"));
  s.sys.shutdown();
  CHECK(s.end->all() == lines{"gone /user/a killed"});
}

TEST_CASE("L2, KI5: an actor may hang in its start, in a signal or in its stop, on any dispatcher") {
  spawn_options how;
  std::string where;
  SUBCASE("in its start") { where = "start"; }
  SUBCASE("in its start, on a thread that may wait") {
    where = "start";
    how.dispatcher = "blocking";
  }
  SUBCASE("in its stop") { where = "stop"; }
  SUBCASE("in its stop, on a thread of its own") {
    where = "stop";
    how.dispatcher = "pinned";
  }
  SUBCASE("in a handler, on a thread that may wait") { how.dispatcher = "blocking"; }
  SUBCASE("in a handler, on a thread of its own") { how.dispatcher = "pinned"; }
  stage s{how, where};
  if (where == "stop") s.c->request_stop({exit_kind::shutdown, {}});
  if (where.empty()) s.a.tell(hang{});
  REQUIRE(s.j->wait_for("hangs"));
  std::vector<future<int>> waiting;
  for (int i = 0; i < 2; ++i) waiting.push_back(s.a.ask(ping{}, patience));
  CHECK(s.c->kill());
  for (auto& f : waiting) CHECK(s.outcome(std::move(f)) == "stopped");
  CHECK(s.end->wait_for("gone /user/a killed"));
  s.g->open();
  REQUIRE(s.j->wait_for("destroyed"));
  s.sys.shutdown();
  CHECK(s.end->all() == lines{"gone /user/a killed"});
  CHECK(s.j->count("on_stop") == (where == "stop" ? 1 : 0));
}

TEST_CASE("KI6: the children of a killed actor are asked to stop, and killed when they don't in their time") {
  stage s;
  s.a.tell(bear{});
  REQUIRE(s.j->wait_for("has a child"));
  const cell_ptr child = s.c->child("child");
  REQUIRE(child);
  note_end(child, s.end);
  s.until_it_hangs();
  CHECK(s.c->kill());
  CHECK(s.end->wait_for("gone /user/a/child shutdown"));
  s.g->open();
  CHECK(s.j->wait_for("destroyed", 2));
}

TEST_CASE("KI6, S5: a grandchild that hangs as well is killed when its own time is over") {
  auto j = std::make_shared<journal>();
  auto end = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  {
    troupe::system sys{workers(3)};
    struct parent : actor<hang> {
      parent(journal_ptr j, gate_ptr g) : j_(std::move(j)), g_(std::move(g)) {}
      void on_start() { spawn<worker_actor>(spawn_options{.name = "below", .shutdown_time = 20ms}, j_, g_); }
      void on(const hang&) {
        j_->note("parent hangs");
        g_->pass();
      }
      journal_ptr j_;
      gate_ptr g_;
    };
    auto p = spawn<parent>(sys, "p", j, g);
    p.tell(hang{});
    REQUIRE(j->wait_for("parent hangs"));
    const cell_ptr below = cell_of(p)->child("below");
    note_end(below, end);
    ref<hang>{address_ptr{below}}.tell(hang{});
    REQUIRE(j->wait_for("hangs"));
    CHECK(cell_of(p)->kill());
    CHECK(end->wait_for("gone /user/p/below killed"));
    g->open();
    CHECK(j->wait_for("destroyed"));
  }
  CHECK(end->all().size() == 1);
}

TEST_CASE("KI2: a handler that hangs can start nobody once its actor has been killed") {
  auto end = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  auto j = std::make_shared<journal>();
  troupe::system sys{workers(3)};
  struct late_parent : actor<hang> {
    late_parent(journal_ptr j, gate_ptr g) : j_(std::move(j)), g_(std::move(g)) {}
    void on(const hang&) {
      j_->note("hangs");
      g_->pass();
      try {
        spawn<worker_actor>(spawn_options{.name = "late"}, j_, g_);
        j_->note("spawned");
      } catch (const failed& e) {
        j_->note("refused " + std::string{to_string(e.why().code)});
      }
    }
    journal_ptr j_;
    gate_ptr g_;
  };
  auto p = spawn<late_parent>(sys, "p", j, g);
  p.tell(hang{});
  REQUIRE(j->wait_for("hangs"));
  CHECK(cell_of(p)->kill());
  g->open();
  CHECK(j->wait_for("refused stopped"));
}

TEST_CASE(
    "KI1-KI4: actors that are killed at any moment lose no message: each ask is answered, each watcher told, "
    "once") {
  constexpr int rounds = 400;
  constexpr int asks = 60;
  auto end = std::make_shared<journal>();
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  g->open();
  std::uint64_t answered = 0, stopped = 0;
  {
    troupe::system sys{workers(2)};
    prng rng{20261127};
    for (int round = 0; round < rounds; ++round) {
      const bool bounds = round % 4 == 1;
      const bool sorts = round % 4 == 2;
      auto a = spawn<worker_actor>(sys,
                                   spawn_options{.name = "a" + std::to_string(round),
                                                 .mailbox = bounds  ? bounded(2 * asks)
                                                            : sorts ? prioritized()
                                                                    : unbounded()},
                                   j, g, std::string{"nothing, and is counted"});
      const cell_ptr c = cell_of(a);
      note_end(c, end);
      std::vector<future<int>> open;
      const auto kill_at = rng.below(asks);
      for (std::uint64_t i = 0; i < asks; ++i) {
        open.push_back(a.ask(ping{}, patience));
        if (i % 7 == 0) a.tell(hang{});
        if (i == kill_at) CHECK(c->kill());
      }
      for (auto& f : open) {
        const auto r = f.get();
        if (r)
          ++answered;
        else if (r.error().code == errc::stopped)
          ++stopped;
      }
    }
  }
  CHECK(answered + stopped == std::uint64_t{rounds} * asks);
  CHECK(j->count("destroyed") == j->count("made"));
  CHECK(j->count("on_stop") == 0);
  CHECK(end->all().size() == rounds);
}

TEST_CASE("KI1: an actor that has stopped by itself can't be killed, and nobody is told again") {
  stage s;
  s.c->request_stop({exit_kind::shutdown, {}});
  REQUIRE(s.end->wait_for("gone /user/a shutdown"));
  CHECK_FALSE(s.c->kill());
  CHECK(s.c->stop_reason().kind == exit_kind::shutdown);
  CHECK(s.sys.events().count(event_kind::actor_killed) == 0);
  s.sys.shutdown();
  CHECK(s.end->all() == lines{"gone /user/a shutdown"});
}

TEST_CASE("KI1: an actor that ends by itself while it is killed tells of its end once, as one or the other") {
  auto end = std::make_shared<journal>();
  constexpr int rounds = 500;
  std::ptrdiff_t killed = 0;
  {
    troupe::system sys{workers(2)};
    auto j = std::make_shared<journal>();
    auto g = std::make_shared<gate>();
    g->open();
    for (int i = 0; i < rounds; ++i) {
      auto a = spawn<worker_actor>(sys, "a" + std::to_string(i), j, g, std::string{});
      const cell_ptr c = cell_of(a);
      note_end(c, end);
      if (i % 2) CHECK(a.ask(ping{}, patience).get());
      c->request_stop({exit_kind::shutdown, {}});
      killed += c->kill();
    }
  }
  REQUIRE(end->all().size() == rounds);
  std::ptrdiff_t told = 0;
  for (const auto& line : end->all()) told += line.ends_with(" killed");
  CHECK(told == killed);
}

}  // namespace cell_kill_test
