// Plain CAF actors as children (S10, CC1-CC7): each kind of them, what is handed on, what a restart keeps and loses.
#include <doctest/doctest.h>

#include <troupe/sys/sys.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/tree/caf_children.hpp"

namespace tree_caf_child_test {

using namespace caf_child_test;

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
    return caf::actor_cast<caf::strong_actor_ptr>(in.spawn(
        [news, first, p](caf::event_based_actor* self, int) -> caf::behavior {
          // What is attached last runs first: the cell's own comes behind this one.
          if (first)
            self->attach_functor([news, j = p.j] {
              j->note("ends");
              news->pass();
            });
          return behavior_of(self, std::make_shared<part>(p));
        },
        0));
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

}  // namespace tree_caf_child_test
