// Cycles of asks: found at once, with who waits for whom, in whatever way an ask waits (M7, CY1-CY6).
#include <doctest/doctest.h>

#include "unit/actor/ask_cycle_world.hpp"

namespace actor_ask_cycle_test {

using namespace troupe;
using namespace cycles;

TEST_CASE("M7: an actor that asks itself in a handler that lets nobody in fails that ask with its path") {
  world w;
  const auto a = w.make("a");
  CHECK(w.sys.expect_reply(a.ask(walk{{{by::walking, a}}}, very_long)) ==
        "/user/a met cycle at /user/a: " + text_of({waits<walk>("/user/a", "/user/a")}));
  w.sys.settle();
  CHECK(w.found() == 1);
}

TEST_CASE(
    "M7: of two actors that ask each other the ask that closes the cycle fails, the other is answered") {
  world w;
  const auto a = w.make("a"), b = w.make("b");
  CHECK(w.sys.expect_reply(a.ask(walk{{{by::walking, b}, {by::walking, a}}}, very_long)) ==
        "/user/a /user/b met cycle at /user/a: " +
            text_of({waits<walk>("/user/b", "/user/a"), waits<walk>("/user/a", "/user/b")}));
  w.sys.settle();
  CHECK(w.found() == 1);
  // Both go on as if nothing had been.
  CHECK(w.sys.expect_reply(a.ask(walk{{{by::walking, b}}}, very_long)) == "/user/a /user/b ");
}

TEST_CASE("M7: a ring of any length fails once, and its text shows who waits for whom, up to a bound") {
  for (const std::size_t n : {3u, 4u, 5u, 8u, 9u, 100u}) {
    world w;
    std::vector<ref<peer>> all;
    for (std::size_t i = 0; i < n; ++i) all.push_back(w.make("p" + std::to_string(i)));
    std::vector<leg> route;
    for (std::size_t i = 1; i <= n; ++i) route.push_back({by::walking, all[i % n]});
    const std::string answer = w.sys.expect_reply(all[0].ask(walk{route}, very_long));
    const std::string last = "/user/p" + std::to_string(n - 1);
    CHECK(answer.find(last + " met cycle at /user/p0: the ask would wait for itself: " +
                      waits<walk>(last, "/user/p0") + ", " + waits<walk>("/user/p0", "/user/p1")) !=
          std::string::npos);
    CHECK((answer.find("and so on: " + std::to_string(n) + " in all") != std::string::npos) == (n > 16));
    w.sys.settle();
    CHECK(w.found() == 1);
  }
}

TEST_CASE("M7: where the ask that comes back is let in there is no cycle") {
  world w;
  const auto a = w.make("a"), b = w.make("b");
  CHECK(w.sys.expect_reply(a.ask(
            visit{{{by::walking, b}, {by::visiting, a}, {by::visiting, a}, {by::walking, a}}}, very_long)) ==
        "/user/a /user/b /user/a /user/a /user/a ");
  w.sys.settle();
  CHECK(w.found() == 0);
}

TEST_CASE("M7: an interleaved handler may be part of a cycle that closes at somebody who lets nobody in") {
  world w;
  const auto a = w.make("a"), b = w.make("b");
  CHECK(w.sys.expect_reply(a.ask(walk{{{by::visiting, b}, {by::visiting, a}}}, very_long)) ==
        "/user/a /user/b met cycle at /user/a: " +
            text_of({waits<visit>("/user/b", "/user/a"), waits<visit>("/user/a", "/user/b")}));
  // An interleaved handler of an actor that is suspended in another one: what it is asked waits for that other.
  CHECK(w.sys.expect_reply(a.ask(visit{{{by::walking, a}, {by::visiting, a}}}, very_long))
            .find("met cycle at /user/a") != std::string::npos);
  w.sys.settle();
  CHECK(w.found() == 2);
}

TEST_CASE("CY1: an ask that was handed on waits for whoever has it now") {
  world w;
  const auto a = w.make("a"), b = w.make("b"), c = w.make("c");
  CHECK(
      w.sys.expect_reply(a.ask(walk{{{by::handing_on, b}, {by::walking, c}, {by::walking, a}}}, very_long)) ==
      "/user/a /user/c met cycle at /user/a: " +
          text_of({waits<walk>("/user/c", "/user/a"), waits<walk>("/user/a", "/user/c")}));
  // To the asker himself.
  CHECK(w.sys.expect_reply(a.ask(walk{{{by::handing_on, b}, {by::walking, a}}}, very_long)) ==
        "/user/a met cycle at /user/a: " + text_of({waits<walk>("/user/a", "/user/a")}));
  w.sys.settle();
  CHECK(w.found() == 2);
}

TEST_CASE("CY1: a message that was put aside waits for the handler that is suspended") {
  world w;
  const auto a = w.make("a"), b = w.make("b");
  auto first = a.ask(walk{{{by::putting_aside, b}}}, very_long);
  w.sys.settle();
  CHECK(w.found() == 0);  // b may unstash it whenever it likes
  const auto second = w.sys.expect_reply(b.ask(walk{{{by::walking, a}}}, very_long));
  CHECK(second == "/user/b met cycle at /user/a: " +
                      text_of({waits<walk>("/user/b", "/user/a"), waits<put_aside>("/user/a", "/user/b")}));
  b.tell(unstash{});
  CHECK(w.sys.expect_reply(std::move(first)) == "/user/a put aside");
  w.sys.settle();
  CHECK(w.found() == 1);
}

TEST_CASE("M7: a start that waits is waited for: who asks an actor that asks him while it starts fails") {
  world w;
  const auto a = w.make("a");
  const auto s = w.sys.spawn<peer>(
      "s", std::vector<leg>{{by::walking, a}, {by::walking, ref_to<peer>(w.sys.env(), "/user/s")}});
  CHECK(w.sys.expect_reply(s.ask(walk{}, very_long)) ==
        "/user/s /user/s /user/a met cycle at /user/s: " +
            text_of({waits<walk>("/user/a", "/user/s"), waits<walk>("/user/s", "/user/a")}));
  w.sys.settle();
  CHECK(w.found() == 1);
}

TEST_CASE("CY5: of two that ask each other at the same time one fails, the one that was created last") {
  for (int round = 0; round < 50; ++round) {
    world w;
    const auto a = w.make("a"), b = w.make("b");
    auto of_a = a.ask(walk{{{by::walking, b}}}, very_long);
    auto of_b = b.ask(walk{{{by::walking, a}}}, very_long);
    const std::string from_a = w.sys.expect_reply(std::move(of_a));
    const std::string from_b = w.sys.expect_reply(std::move(of_b));
    w.sys.settle();
    CHECK(from_a == "/user/a /user/b ");
    if (w.found() == 0) {
      CHECK(from_b == "/user/b /user/a ");  // the one was done before the other began
    } else {
      CHECK(w.found() == 1);
      CHECK(from_b.starts_with("/user/b met cycle at /user/a"));
    }
  }
}

TEST_CASE("CY5: two asks that close a cycle in the same moment: one fails, the other is answered") {
  for (int round = 0; round < 20; ++round) {
    world w;
    const auto a = w.make("a"), b = w.make("b");
    stand_in p{w.sys, "p"};
    auto of_a = a.ask(walk{{{by::pausing, p.ref()}, {by::walking, b}}}, very_long);
    static_cast<void>(p.expect<walk>());
    stand_in q{w.sys, "q"};
    auto of_b = b.ask(walk{{{by::pausing, q.ref()}, {by::walking, a}}}, very_long);
    static_cast<void>(q.expect<walk>());
    {
      held_cell hold_a{a}, hold_b{b};
      p.reply(std::string{});
      q.reply(std::string{});
    }
    w.sys.settle();
    CHECK(w.found() == 1);
    CHECK(w.sys.expect_reply(std::move(of_a)) == "/user/a /user/b ");
    CHECK(w.sys.expect_reply(std::move(of_b)).starts_with("/user/b met cycle at /user/a"));
  }
}

TEST_CASE("CY6: who waits for a cycle from outside does not fail, and is answered when it is over") {
  world w;
  const auto a = w.make("a"), b = w.make("b"), c = w.make("c"), x = w.make("x"), y = w.make("y");
  stand_in p{w.sys, "p"};
  // a waits for p; x waits for a and y for x; then a goes round.
  auto held = a.ask(walk{{{by::walking, p.ref()}}}, very_long);
  static_cast<void>(p.expect<walk>());
  auto round = a.ask(walk{{{by::walking, b}, {by::walking, c}, {by::walking, b}}}, very_long);
  auto of_x = x.ask(walk{{{by::walking, a}}}, very_long);
  auto of_y = y.ask(walk{{{by::walking, x}}}, very_long);
  w.sys.settle();
  CHECK(w.found() == 0);
  p.reply(std::string{});
  CHECK(w.sys.expect_reply(std::move(round)).starts_with("/user/a /user/b /user/c met cycle at /user/b"));
  CHECK(w.sys.expect_reply(std::move(of_x)) == "/user/x /user/a ");
  CHECK(w.sys.expect_reply(std::move(of_y)) == "/user/y /user/x ");
  w.sys.settle();
  CHECK(w.found() == 1);
}

TEST_CASE("M7, M8: an ask in a bounded mailbox waits like any other, whatever its policy") {
  for (const overflow when_full : {overflow::reject, overflow::drop_oldest, overflow::push_back}) {
    world w;
    const auto a =
        w.sys.spawn<peer>(spawn_options{.name = "a", .mailbox = bounded(4, when_full)}, std::vector<leg>{});
    const auto b = w.make("b");
    CHECK(w.sys.expect_reply(a.ask(walk{{{by::walking, b}, {by::walking, a}}}, very_long)) ==
          "/user/a /user/b met cycle at /user/a: " +
              text_of({waits<walk>("/user/b", "/user/a"), waits<walk>("/user/a", "/user/b")}));
    // One that comes by way of somebody else, long after its asker began to wait.
    const auto c = w.make("c");
    CHECK(
        w.sys.expect_reply(a.ask(walk{{{by::walking, b}, {by::handing_on, c}, {by::walking, a}}}, very_long))
            .starts_with("/user/a /user/b met cycle at /user/a"));
    w.sys.settle();
    CHECK(w.found() == 2);
  }
}

TEST_CASE("M7, M8: who offers to a full mailbox waits for its owner") {
  world w;
  const auto a = w.sys.spawn<peer>(spawn_options{.name = "a", .mailbox = bounded(1, overflow::push_back)},
                                   std::vector<leg>{});
  const auto b = w.make("b");
  stand_in p{w.sys, "p"};
  auto held = b.ask(walk{{{by::walking, p.ref()}}}, very_long);
  static_cast<void>(p.expect<walk>());
  auto asked = a.ask(walk{{{by::walking, b}, {by::offering, a}}}, very_long);
  w.sys.settle();  // a waits for b, which waits for the probe
  a.tell(fill{});
  p.reply(std::string{});
  CHECK(w.sys.expect_reply(std::move(asked)) ==
        "/user/a /user/b met cycle at /user/a: " +
            text_of({waits<fill>("/user/b", "/user/a"), waits<walk>("/user/a", "/user/b")}));
  CHECK(w.sys.expect_reply(std::move(held)) == "/user/b ");
  w.sys.settle();
  CHECK(w.found() == 1);
  CHECK(w.sys.expect_reply(a.ask(count_fills{}, very_long)) ==
        1);  // what was offered is not delivered any more
}

TEST_CASE("M7: an ask that leaves its sender together with other messages is found all the same") {
  world w;
  const auto a = w.make("a"), b = w.make("b");
  CHECK(w.sys.expect_reply(a.ask(walk{{{by::walking, b}, {by::telling, a}}}, very_long))
            .starts_with("/user/a /user/b met cycle at /user/a"));
  w.sys.settle();
  CHECK(w.found() == 1);
}

TEST_CASE("M7: an ask behind many that are no asks is found, and so is one that was there before") {
  world w;
  const auto a = w.make("a"), b = w.make("b");
  stand_in p{w.sys, "p"};
  auto held = a.ask(walk{{{by::walking, p.ref()}}}, very_long);
  static_cast<void>(p.expect<walk>());
  // In a's mailbox: an ask that goes to b, noise, and what b asks.
  auto goes = a.ask(walk{{{by::walking, b}}}, very_long);
  for (int i = 0; i < 200; ++i) a.tell(fill{});
  auto comes = b.ask(walk{{{by::walking, a}}}, very_long);
  w.sys.settle();
  CHECK(w.found() == 0);
  p.reply(std::string{});  // a runs the first, which waits behind what b is at, which waits behind the noise
  w.sys.settle();
  CHECK(w.found() == 1);
  CHECK(w.sys.expect_reply(std::move(goes)) == "/user/a /user/b ");
  CHECK(w.sys.expect_reply(std::move(comes)).starts_with("/user/b met cycle at /user/a"));
}

}  // namespace actor_ask_cycle_test
