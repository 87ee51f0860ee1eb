// Plain CAF actors as children (S10, CC1-CC7): each kind of them, what their ends mean, what a restart keeps and loses.
#include <doctest/doctest.h>

#include <functional>
#include <troupe/sim/world.hpp>
#include <troupe/sys/sys.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/child_caf.hpp>

#include "unit/caf/world.hpp"

using namespace troupe;
using namespace life;
using caf_test::add;
using caf_test::boom;
using caf_test::hold_up;
using caf_test::note;
using caf_test::secret;
using caf_test::stranger;

namespace caf_child_test {

/// Makes the actor end with CAF's reason of that number; 100: with an error that is no exit_reason.
struct end_with {
  std::int32_t reason = 0;
};
/// The same, once the gate is open.
struct end_later {
  std::int32_t reason = 0;
};

}  // namespace caf_child_test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_child_test::end_with)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_child_test::end_later)

namespace {

using caf_child_test::end_later;
using caf_child_test::end_with;

caf::error error_of(std::int32_t reason) {
  if (reason == 0) return {};
  if (reason == 100) return caf::make_error(caf::sec::runtime_error, "no exit reason");
  return caf::make_error(static_cast<caf::exit_reason>(reason));
}

/// What all kinds share: the journal, the gate, and the sum so far, which dies with the actor.
struct part {
  journal_ptr j;
  gate_ptr g;
  bool traps = false;
  std::int32_t total = 0;
};

template <class Self>
void attach_end(Self* self, const part& p) {
  static_cast<caf::monitorable_actor*>(self)->attach_functor(
      [j = p.j](const caf::error& why) { j->note("gone " + caf::to_string(why)); });
}

caf::behavior behavior_of(caf::event_based_actor* self, const std::shared_ptr<part>& p) {
  p->j->note("made");
  attach_end(self, *p);
  if (p->traps) self->set_exit_handler([j = p->j](caf::exit_msg&) { j->note("traps"); });
  return {[=](const add& m) { return p->total += m.n; },
          [=](const note& m) {
            // Who is not somebody else can't be answered: a cell in between must not pass for the sender.
            p->j->note(m.line + (self->current_sender() ? " from somebody" : ""));
          },
          [=](const boom&) -> std::int32_t { throw std::runtime_error{"asked to"}; },
          [=](const hold_up&) {
            p->j->note("holds");
            p->g->pass();
          },
          [=](const end_with& m) { self->quit(error_of(m.reason)); },
          [=](const end_later& m) {
            p->j->note("holds");
            p->g->pass();
            self->quit(error_of(m.reason));
          }};
}

// ---- one of each kind

caf::behavior function_actor(caf::event_based_actor* self, part p) {
  return behavior_of(self, std::make_shared<part>(std::move(p)));
}

struct sum_state {
  std::int32_t total = 0;
  static inline const char* name = "summing";
};

caf::behavior stateful(caf::stateful_actor<sum_state>* self, part p) {
  p.j->note("made");
  attach_end(self, p);
  return {[=](const add& m) { return self->state.total += m.n; }, [=](const note& m) { p.j->note(m.line); },
          [=](const boom&) -> std::int32_t { throw std::runtime_error{"asked to"}; }};
}

class by_class : public caf::event_based_actor {
 public:
  by_class(caf::actor_config& config, part p)
      : caf::event_based_actor(config), part_(std::make_shared<part>(std::move(p))) {}
  caf::behavior make_behavior() override { return behavior_of(this, part_); }
  const char* name() const override { return "by_class"; }

 private:
  std::shared_ptr<part> part_;
};

using typed_sum = caf::typed_actor<caf::replies_to<add>::with<std::int32_t>, caf::reacts_to<note>,
                                   caf::replies_to<boom>::with<std::int32_t>>;

typed_sum::behavior_type typed(typed_sum::pointer self, part p) {
  p.j->note("made");
  attach_end(self, p);
  auto total = std::make_shared<std::int32_t>(0);
  return {[=](const add& m) { return *total += m.n; }, [=](const note& m) { p.j->note(m.line); },
          [=](const boom&) -> std::int32_t { throw std::runtime_error{"asked to"}; }};
}

void blocking(caf::blocking_actor* self, const part& p) {
  p.j->note("made");
  attach_end(self, p);
  std::int32_t total = 0;
  bool going = true;
  self->receive_while(going)([&](const add& m) { return total += m.n; },
                             [&](const note& m) { p.j->note(m.line); },
                             [&](const boom&) -> std::int32_t { throw std::runtime_error{"asked to"}; },
                             [&](const caf::exit_msg& m) {  // CAF leaves exits to a blocking actor's receive
                               self->fail_state(m.reason);
                               going = false;
                             });
}

using maker = std::function<caf::strong_actor_ptr(caf::actor_system&, part)>;

template <class F>
maker maker_of(F f) {
  return [f](caf::actor_system& in, part p) { return caf::actor_cast<caf::strong_actor_ptr>(f(in, p)); };
}

const maker event_based = maker_of([](caf::actor_system& in, part p) { return in.spawn(function_actor, p); });

/// A system with such a child below `/user/top`.
struct stage {
  explicit stage(one_for_one how = {.intensity = 3}) : limit(how) {}
  ~stage() { g->open(); }

  child_builder child(const maker& make = event_based, bool traps = false) {
    return child_caf("legacy", make, part{j, g, traps, 0});
  }
  supervision& start(child_spec child) {
    top.emplace(supervise(sys, "top", limit, std::move(child)));
    return *top;
  }
  template <class M>
  ref<M> to() {
    return top->ref<M>("legacy");
  }
  cell_ptr cell_of_child() { return sys.env().resolve("/user/top/legacy"); }
  std::int32_t sum(std::int32_t n) { return to<add>().ask(add{n}, patience).get().value(); }
  /// All that has been sent so far has been looked at by the cell.
  void all_taken() {
    auto seen = std::make_shared<journal>();
    const cell_ptr c = cell_of_child();
    for (std::ptrdiff_t turns = 1; c->mailbox_depth() != 0; ++turns) {
      c->run_inside([seen](cell&) { seen->note("a turn"); });
      REQUIRE(seen->wait_for("a turn", turns));
    }
  }
  /// All that has been sent so far has been handed on: what can't be copied is refused by the cell itself, in its order.
  void all_handed_on() { REQUIRE(to<secret>().ask(secret{}, patience).get().error().code == errc::invalid); }

  one_for_one limit;
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  journal_ptr events = listen(sys);
  std::optional<supervision> top;
};

/// Log lines that contain `part`, so far.
struct logged {
  explicit logged(troupe::system& sys) {
    sys.events().subscribe_log(
        [all = all](log_level, std::string_view where, std::string_view line) {
          all->note(std::string{where} + ": " + std::string{line});
        },
        log_level::warning);
  }
  bool has(const std::string& part) const {
    const auto said = all->all();
    return std::any_of(said.begin(), said.end(),
                       [&](const std::string& l) { return l.find(part) != std::string::npos; });
  }
  journal_ptr all = std::make_shared<journal>();
};

}  // namespace

TEST_CASE(
    "S10: each kind of CAF actor serves as a child, and a new one after it has crashed, behind the same "
    "ref") {
  maker make;
  SUBCASE("a function") { make = event_based; }
  SUBCASE("with state") {
    make = maker_of([](caf::actor_system& in, part p) { return in.spawn(stateful, p); });
  }
  SUBCASE("a class") {
    make = maker_of([](caf::actor_system& in, part p) { return in.spawn<by_class>(p); });
  }
  SUBCASE("typed") {
    make = maker_of([](caf::actor_system& in, part p) { return in.spawn(typed, p); });
  }
  SUBCASE("blocking") {
    make = maker_of([](caf::actor_system& in, part p) { return in.spawn(blocking, p); });
  }
  SUBCASE("detached") {
    make = maker_of([](caf::actor_system& in, part p) { return in.spawn<caf::detached>(function_actor, p); });
  }
  stage s;
  s.start(s.child(make));
  const cell_ptr before = s.cell_of_child();
  const ref<add, boom, note> exact{address_ptr{before}};
  CHECK(exact.ask(add{2}, patience).get().value() == 2);
  CHECK(exact.ask(add{3}, patience).get().value() == 5);
  exact.tell(note{"told"});
  CHECK(s.j->wait_for("told"));
  CHECK_FALSE(exact.ask(boom{1}, patience).get());
  REQUIRE(s.events->wait_for("actor_restarted /user/top/legacy"));
  CHECK(s.cell_of_child() == before);
  CHECK(exact.incarnation() == 1);
  CHECK(exact.ask(add{1}, patience).get().value() == 1);  // another actor
  CHECK(s.j->count("made") == 2);
  s.top->stop();
  CHECK(s.j->wait_for("gone exit_reason(user_shutdown)"));
}

TEST_CASE("S10, S11: a failure tells the supervisor CAF's text and the actor's name") {
  stage s;
  auto reasons = std::make_shared<journal>();
  s.sys.events().subscribe([reasons](const event& e) {
    if (e.kind == event_kind::actor_failed) reasons->note(e.reason);
  });
  s.start(s.child(maker_of([](caf::actor_system& in, part p) { return in.spawn<by_class>(p); })));
  s.to<end_with>().tell(end_with{100});
  REQUIRE(s.events->wait_for("actor_restarted /user/top/legacy"));
  const std::string why = reasons->all().at(0);
  CAPTURE(why);
  CHECK(why.find("by_class#") != std::string::npos);
  CHECK(why.find("runtime_error") != std::string::npos);
  CHECK(why.find("no exit reason") != std::string::npos);
}

TEST_CASE("S3, S10: a CAF actor that crashes too often uses up its supervisor's restarts") {
  stage s{{.intensity = 2, .period = 60s}};
  s.start(s.child());
  auto end = std::make_shared<journal>();
  note_end(s.sys.env().resolve("/user/top"), end);
  const ref<add, end_with> exact{address_ptr{s.cell_of_child()}};
  for (int i = 1; i <= 3; ++i) {
    exact.tell(end_with{1});
    REQUIRE(s.j->wait_for("gone exit_reason(unhandled_exception)", i));
  }
  CHECK(end->wait_for("gone /user/top failed"));
  CHECK(s.j->count("made") == 3);
  CHECK(exact.ask(add{1}, patience).get().error().code == errc::stopped);
}

TEST_CASE("CR1, CC3: how a CAF actor ends is how its cell does, for every reason that CAF has") {
  using caf::exit_reason;
  const std::pair<std::int32_t, const char*> table[] = {
      {0, "normal"},
      {static_cast<std::int32_t>(exit_reason::unhandled_exception), "failed"},
      {static_cast<std::int32_t>(exit_reason::unknown), "failed"},
      {static_cast<std::int32_t>(exit_reason::out_of_workers), "failed"},
      {static_cast<std::int32_t>(exit_reason::user_shutdown), "shutdown"},
      {static_cast<std::int32_t>(exit_reason::kill), "killed"},
      {static_cast<std::int32_t>(exit_reason::remote_link_unreachable), "failed"},
      {static_cast<std::int32_t>(exit_reason::unreachable), "killed"},
      {100, "failed"}};
  for (const auto& [reason, kind] : table) {
    CAPTURE(reason);
    stage s;
    s.start(s.child().temporary());  // so the cell ends with it
    auto end = std::make_shared<journal>();
    note_end(s.cell_of_child(), end);
    s.to<end_with>().tell(end_with{reason});
    CHECK(end->wait_for(std::string{"gone /user/top/legacy "} + kind));
  }
}

TEST_CASE("S2, S10: a transient CAF child comes back after a failure and stays down after a normal end") {
  stage s;
  s.start(s.child().transient());
  s.to<end_with>().tell(end_with{1});
  REQUIRE(s.events->wait_for("actor_restarted /user/top/legacy"));
  CHECK(s.sum(1) == 1);
  auto end = std::make_shared<journal>();
  note_end(s.cell_of_child(), end);
  s.to<end_with>().tell(end_with{0});
  REQUIRE(end->wait_for("gone /user/top/legacy normal"));
  CHECK(s.to<add>().ask(add{1}, patience).get().error().code == errc::stopped);
  CHECK(s.j->count("made") == 2);
}

TEST_CASE(
    "S6, CC5: a restart keeps what waits before the cell, and says how much of the actor's own mailbox is "
    "lost") {
  stage s;
  const logged log{s.sys};
  auto restart = std::make_shared<gate>();
  auto starts = std::make_shared<std::atomic<int>>(0);
  // The second one is not made before its gate is open: what comes meanwhile waits for it.
  const maker make = [restart, starts, j = s.j](caf::actor_system& in, part p) {
    if (starts->fetch_add(1) == 1) {
      j->note("restarts");
      restart->pass();
    }
    return caf::actor_cast<caf::strong_actor_ptr>(in.spawn(function_actor, std::move(p)));
  };
  s.start(s.child(make).blocking());
  s.to<end_later>().tell(end_later{1});
  REQUIRE(s.j->wait_for("holds"));
  for (int i = 0; i < 3; ++i) s.to<note>().tell(note{"lost " + std::to_string(i)});
  auto asked = s.to<add>().ask(add{1}, patience);
  s.all_handed_on();
  s.g->open();
  REQUIRE(s.j->wait_for("restarts"));
  CHECK_FALSE(asked.get());  // CAF bounces what asks
  for (int i = 0; i < 3; ++i) s.to<note>().tell(note{"kept " + std::to_string(i)});
  restart->open();
  REQUIRE(s.j->wait_for("kept 2"));
  CHECK(s.j->all() == lines{"made", "holds", "gone exit_reason(unhandled_exception)", "restarts", "made",
                            "kept 0", "kept 1", "kept 2"});
  CHECK(log.has("/user/top/legacy: 4 messages in the mailbox of its CAF actor"));
}

TEST_CASE("CC2, S6: what comes between the actor's end and the news of it waits for the next one, in order") {
  stage s;
  auto news = std::make_shared<gate>();
  auto starts = std::make_shared<std::atomic<int>>(0);
  const maker make = [news, starts](caf::actor_system& in, part p) {
    const bool first = starts->fetch_add(1) == 0;
    return caf::actor_cast<caf::strong_actor_ptr>(
        in.spawn([news, first, p](caf::event_based_actor* self) -> caf::behavior {
          // What is attached last runs first: the cell's own comes behind this one.
          if (first)
            self->attach_functor([news, j = p.j] {
              j->note("ends");
              news->pass();
            });
          return behavior_of(self, std::make_shared<part>(p));
        }));
  };
  s.start(s.child(make));
  CHECK(s.sum(1) == 1);
  s.to<end_with>().tell(end_with{1});
  REQUIRE(s.j->wait_for("ends"));
  auto asked = s.to<add>().ask(add{7}, patience);
  for (int i = 0; i < 3; ++i) s.to<note>().tell(note{"kept " + std::to_string(i)});
  s.all_taken();
  news->open();
  CHECK(asked.get().value() == 7);
  REQUIRE(s.j->wait_for("kept 2"));
  CHECK(s.j->count("kept 0") == 1);
  CHECK(s.sys.events().count(event_kind::dead_letter) == 0);
}

TEST_CASE("M3, S10: what one sender sends a CAF child arrives in order") {
  stage s;
  s.start(s.child());
  for (int i = 0; i < 1000; ++i) s.to<note>().tell(note{std::to_string(i)});
  REQUIRE(s.j->wait_for("999"));
  const auto all = s.j->all();
  REQUIRE(all.size() == 1001);
  for (std::size_t i = 0; i < 1000; ++i) CHECK(all[i + 1] == std::to_string(i));
}

TEST_CASE(
    "CC2, M4, M5: what can't be copied is refused, and what the CAF actor doesn't understand is CAF's "
    "error") {
  stage s;
  s.start(s.child());
  const auto refused = s.to<secret>().ask(secret{}, patience).get();
  CHECK(refused.error().code == errc::invalid);
  CHECK(refused.error().text.find("can't be copied") != std::string::npos);
  CHECK(refused.error().path == "/user/top/legacy");
}

TEST_CASE("CC2: a CAF request through the cell is answered by the CAF actor itself, and its sender is kept") {
  stage s;
  s.start(s.child());
  const caf::actor to = s.top->ref<add>("legacy").caf();
  caf::scoped_actor self{s.sys.caf()};
  std::int32_t got = 0;
  self->request(to, std::chrono::seconds{20}, add{4})
      .receive([&](std::int32_t n) { got = n; }, [&](caf::error& e) { FAIL(caf::to_string(e)); });
  CHECK(got == 4);
  self->send(to, note{"sent"});
  CHECK(s.j->wait_for("sent from somebody"));
  caf::anon_send(to, note{"anonymous"});
  CHECK(s.j->wait_for("anonymous"));
  s.to<note>().tell(note{"ours"});
  CHECK(s.j->wait_for("ours"));
  std::string refused;
  self->request(to, std::chrono::seconds{20}, stranger{1})
      .receive([&](std::int32_t) {}, [&](caf::error& e) { refused = caf::to_string(e); });
  CHECK(refused.find("unexpected_message") != std::string::npos);
  // A typed handle is unchecked, as every cast of CAF 0.17 is: what fits is answered.
  const auto typed_handle = caf::actor_cast<typed_sum>(to);
  self->request(typed_handle, std::chrono::seconds{20}, add{1})
      .receive([&](std::int32_t n) { got = n; }, [&](caf::error& e) { FAIL(caf::to_string(e)); });
  CHECK(got == 5);
}

TEST_CASE(
    "S8, S10: CAF's monitors and links to a child see its final end once, with its reason, and its restarts "
    "never") {
  stage s;
  s.start(s.child());
  const caf::actor subject = s.top->ref<add>("legacy").caf();
  const auto observe = [&](bool links) {
    return s.sys.caf().spawn([j = s.j, subject, links](caf::event_based_actor* self) -> caf::behavior {
      self->set_down_handler([=](caf::down_msg& m) { j->note("down " + caf::to_string(m.reason)); });
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
  REQUIRE(s.j->wait_for("observes", 2));
  for (int i = 1; i <= 2; ++i) {
    s.to<end_with>().tell(end_with{1});
    REQUIRE(s.events->wait_for("actor_restarted /user/top/legacy", i));
  }
  CHECK(s.sum(1) == 1);
  CHECK(s.j->count("down exit_reason(unhandled_exception)") == 0);
  s.top->stop();
  CHECK(s.j->wait_for("down exit_reason(user_shutdown)"));
  CHECK(s.j->wait_for("exit exit_reason(user_shutdown)"));
  // Behind both: they have heard of nothing else.
  for (const auto& who : {monitors, linked}) caf::anon_send_exit(who, caf::exit_reason::kill);
  s.sys.shutdown();
  CHECK(s.j->count("down exit_reason(user_shutdown)") == 1);
  CHECK(s.j->count("exit exit_reason(user_shutdown)") == 1);
}

TEST_CASE("CC4, S5: a CAF actor that traps exits is killed when its time is over, and its cell with it") {
  stage s;
  s.start(s.child(event_based, true).shutdown(20ms));
  auto end = std::make_shared<journal>();
  note_end(s.cell_of_child(), end);
  note_end(s.sys.env().resolve("/user/top"), end);
  CHECK(s.sum(1) == 1);  // it has started
  s.top->stop();
  CHECK(end->wait_for("gone /user/top shutdown"));
  CHECK(s.j->wait_for("gone exit_reason(kill)"));
  CHECK(s.j->count("traps") == 1);
  CHECK(end->wait_for("gone /user/top/legacy killed"));
}

TEST_CASE(
    "CC4, S6: a restart sends the old CAF actor an exit and waits for its end before it makes another") {
  stage s;
  s.start(s.child());
  CHECK(s.sum(2) == 2);
  s.cell_of_child()->request_restart();
  CHECK(s.sum(1) == 1);
  CHECK(s.j->all() == lines{"made", "gone exit_reason(user_shutdown)", "made"});
}

TEST_CASE("CC4: a restart kills a CAF actor that traps exits, and a stop by CAF's exit does too") {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  sys.keep("/user/top");
  auto j = std::make_shared<journal>();
  auto top = supervise(sys, "top", one_for_one{},
                       child_caf("legacy", event_based, part{j, {}, true, 0}).temporary().shutdown(5s),
                       child_caf("other", event_based, part{j, {}, true, 0}).shutdown(5s));
  auto other = top.ref<add>("other");
  sys.settle();
  sys.env().resolve("/user/top/other")->request_restart();
  sys.settle();
  REQUIRE(j->count("traps") == 1);
  auto answer = other.ask(add{3}, 60s);
  sys.advance(4s);
  CHECK(j->count("gone exit_reason(kill)") == 0);
  sys.advance(2s);
  CHECK(j->count("gone exit_reason(kill)") == 1);
  CHECK(sys.expect_reply(std::move(answer)) == 3);

  auto end = std::make_shared<journal>();
  const cell_ptr legacy = sys.env().resolve("/user/top/legacy");
  note_end(legacy, end);
  caf::anon_send_exit(top.ref<add>("legacy").caf(), caf::exit_reason::user_shutdown);
  sys.settle();
  CHECK(end->all().empty());
  sys.advance(6s);
  CHECK(end->all() == lines{"gone /user/top/legacy killed"});  // it had to be made to
  CHECK(j->count("gone exit_reason(kill)") == 2);
  top.stop();
  sys.advance(11s);
}

TEST_CASE(
    "CC4: a blocking CAF actor that never comes back to CAF is left behind, reported, and another is made") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  {
    testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
    sys.keep("/user/top");
    sys.keep("/user/top/legacy");
    const auto stuck = [](caf::actor_system& in, journal_ptr to, gate_ptr held_by) {
      return in.spawn([to, held_by](caf::blocking_actor* self) {
        bool going = true;
        self->receive_while(going)([&](const add& m) { return m.n; },
                                   [&](const hold_up&) {
                                     to->note("holds");
                                     held_by->pass();
                                   },
                                   [&](const note& m) { to->note(m.line); },
                                   [&](const caf::exit_msg&) { going = false; });
      });
    };
    auto top = supervise(sys, "top", one_for_one{}, child_caf("legacy", stuck, j, g).shutdown(2s));
    top.ref<hold_up>("legacy").tell(hold_up{});
    REQUIRE(j->wait_for("holds"));
    top.ref<note>("legacy").tell(note{"never seen"});
    sys.settle();
    sys.env().resolve("/user/top/legacy")->request_restart();
    sys.advance(2500ms);
    CHECK(sys.events().count(event_kind::shutdown_slow) == 0);
    sys.advance(1s);
    const event slow = sys.said().expect_event(event_kind::shutdown_slow, "/user/top/legacy");
    CHECK(slow.reason.find("did not end within 1000 ms of CAF's kill") != std::string::npos);
    sys.said().expect_log(log_level::warning, "in the mailbox of its CAF actor");
    CHECK(sys.expect_reply(top.ref<add>("legacy").ask(add{7}, 60s)) == 7);
    g->open();  // else the system's end would wait for its thread until the deadline
  }
}

TEST_CASE(
    "CC1: a factory that throws, or returns what is of no use, fails the start with a line that names it") {
  stage s;
  const auto text_of = [&](child_spec child) {
    try {
      supervise(s.sys, "top", one_for_one{}, std::move(child));
    } catch (const failed& e) {
      return e.why().text;
    }
    return std::string{"started"};
  };
  const std::string threw = text_of(
      child_caf("legacy", [](caf::actor_system&) -> caf::actor { throw std::runtime_error{"no licence"}; }));
  CHECK(threw.find("child 'legacy' failed to start") != std::string::npos);
  CHECK(threw.find("no licence") != std::string::npos);
  CHECK(text_of(child_caf("legacy", [](caf::actor_system&) { return caf::actor{}; })).find("empty handle") !=
        std::string::npos);
  auto ours = spawn<caf_test::account>(s.sys, "account", s.j, s.g);
  const std::string troupes = text_of(child_caf("legacy", [ours](caf::actor_system&) { return ours.caf(); }));
  CHECK(troupes.find("the troupe actor /user/account") != std::string::npos);
  CHECK(troupes.find("child<A>") != std::string::npos);
  troupe::system stranger{quiet()};
  // Spawned here: a worker of the other system would hold this one's logger until it spawns again, and its end would wait for that.
  const auto foreign = stranger.caf().spawn(function_actor, part{s.j, s.g, false, 0});
  const std::string elsewhere =
      text_of(child_caf("legacy", [foreign](caf::actor_system&) { return foreign; }));
  CHECK(elsewhere.find("another system") != std::string::npos);
  CHECK(text_of(s.child().poison(poison_policy::retry(2))).find("no poison policy but drop") !=
        std::string::npos);
  // And the name is free again.
  s.start(s.child());
  CHECK(s.sum(1) == 1);
}

TEST_CASE("S9, S10: a factory that fails at a restart is tried again until it works") {
  stage s{{.intensity = 10}};
  auto starts = std::make_shared<std::atomic<int>>(0);
  s.start(s.child([starts](caf::actor_system& in, part p) {
    const int n = starts->fetch_add(1);
    if (n == 1 || n == 2) throw std::runtime_error{"not yet"};
    return caf::actor_cast<caf::strong_actor_ptr>(in.spawn(function_actor, std::move(p)));
  }));
  s.to<end_with>().tell(end_with{1});
  REQUIRE(s.events->wait_for("actor_restarted /user/top/legacy"));
  CHECK(s.sum(3) == 3);
  CHECK(starts->load() == 4);
}

TEST_CASE("S10: what a troupe watcher, and the view of the tree, see of a CAF child") {
  stage s;
  s.start(s.child().temporary());
  auto end = std::make_shared<journal>();
  note_end(s.cell_of_child(), end);
  CHECK(s.sum(1) == 1);
  const auto state = sys::of(s.to<add>()).ask(sys::get_state{}, patience).get();
  REQUIRE(state.has_value());
  CHECK(state->state.find("\"caf_actor\":\"scheduled_actor#") != std::string::npos);
  CHECK(state->state.find("\"not_seen\":0") != std::string::npos);
  s.top->stop();
  CHECK(end->wait_for("gone /user/top/legacy shutdown"));
  CHECK(end->all().size() == 1);
}

TEST_CASE(
    "CC7, D2: in a simulation a CAF actor with a thread of its own is an error that names it; another "
    "serves") {
  sim::world w{1};
  system_options o;
  o.name = "n";
  o.workers = 1;
  o.log = log_level::error;
  troupe::system sys{std::move(o), w.boot("n")};
  auto j = std::make_shared<journal>();
  const auto start = [&](const maker& make) {
    return supervise(sys, "top", one_for_one{}, child_caf("legacy", make, part{j, {}, false, 0}));
  };
  CHECK_THROWS_WITH_AS(start(maker_of([](caf::actor_system& in, part p) {
                         return in.spawn<caf::detached>(function_actor, p);
                       })),
                       doctest::Contains("blocking or detached"), failed);
  REQUIRE(j->wait_for("gone exit_reason(kill)"));  // in real time: its thread is none of the simulation's
  auto top = start(event_based);
  CHECK(top.ref<add>("legacy").ask(add{2}, 1s).get().value() == 2);
  top.ref<end_with>("legacy").tell(end_with{1});
  w.run_for(seconds{1});
  CHECK(top.ref<add>("legacy").ask(add{3}, 1s).get().value() == 3);
}
