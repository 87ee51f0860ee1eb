// Cycles of asks: found at once, with who waits for whom; and what looks like one and is none (M7, CY1-CY6).
#include <doctest/doctest.h>

#include <optional>
#include <troupe/pattern/group.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/actor/ask_cycle_world.hpp"
#include "unit/cell/world.hpp"

using namespace troupe;
using namespace cycles;

namespace {

using any_peer = decltype(leg::to);
using stand_in = testkit::probe<walk, visit, hand_on, put_aside, unstash, fill, count_fills>;

/// Asks somebody, asks somebody else, and waits for the second answer before it does for the first.
struct juggle {
  leg first;
  leg second;
  using reply = std::string;
};
/// Keeps an ask of its own between two messages.
struct ask_ahead {
  leg whom;
};
struct await_it {
  using reply = std::string;
};
class juggler : public actor<juggle, ask_ahead, await_it, walk> {
 public:
  using interleaved = messages<await_it, ask_ahead>;
  task<std::string> on(juggle m) {
    auto first = ask<walk>(m.first.to, very_long, std::vector<leg>{});
    static_cast<void>(co_await ask<walk>(m.second.to, very_long));
    co_return told(co_await first);
  }
  void on(const ask_ahead& m) { kept_.emplace(ask<walk>(m.whom.to, very_long, std::vector<leg>{})); }
  task<std::string> on(await_it) {
    asking<std::string> mine = std::move(*kept_);
    co_return told(co_await mine);
  }
  std::string on(const walk&) { return "walked"; }

 private:
  static std::string told(const result<std::string>& r) { return r ? *r : r.error().text; }
  std::optional<asking<std::string>> kept_;
};

/// Answers with what the juggler's own ask is answered with.
class relay : public actor<walk> {
 public:
  explicit relay(ref<await_it> to) : to_(std::move(to)) {}
  task<result<std::string>> on(walk) { co_return co_await ask<await_it>(to_, very_long); }

 private:
  ref<await_it> to_;
};

/// Owes its answers.
struct settle_up {};
class debtor : public actor<walk, settle_up> {
 public:
  explicit debtor(std::shared_ptr<promise<std::string>> owed) : owed_(std::move(owed)) {}
  promise<std::string> on(const walk&) { return *owed_ = answer_later<std::string>(); }
  task<void> on(settle_up) { co_await sleep(1h); }

 private:
  std::shared_ptr<promise<std::string>> owed_;
};

/// Asks two others when it starts again.
class asker_at_restart : public actor<walk, count_fills> {
 public:
  asker_at_restart(any_peer first, any_peer second) : first_(std::move(first)), second_(std::move(second)) {}
  task<void> on_start() {
    if (incarnation() == 0) co_return;
    static_cast<void>(co_await ask<walk>(first_, very_long));
    static_cast<void>(co_await ask<walk>(second_, very_long));
  }
  task<std::string> on(walk m) {
    if (!m.route.empty()) static_cast<void>(co_await ask<walk>(m.route.front().to, very_long));
    co_return "paused";
  }
  int on(const count_fills&) { return 7; }

 private:
  any_peer first_;
  any_peer second_;
};

/// Holds the thread that runs a cell, so that its signals wait.
class held_cell {
 public:
  explicit held_cell(const any_ref& r) {
    life::cell_of(r)->run_inside([g = gate_, j = begun_](cell&) {
      j->note("held");
      g->pass();
    });
    REQUIRE(begun_->wait_for("held"));
  }
  void let_go() { gate_->open(); }
  ~held_cell() { let_go(); }

 private:
  life::gate_ptr gate_ = std::make_shared<life::gate>();
  life::journal_ptr begun_ = std::make_shared<life::journal>();
};

/// Returns when the cell has been through some turns, and with them through what was in its lanes before.
void a_few_turns(const ref<peer>& of) {
  const auto turns = std::make_shared<life::journal>();
  for (std::ptrdiff_t i = 1; i <= 3; ++i) {
    life::cell_of(of)->run_inside([turns](cell&) { turns->note("turn"); });
    REQUIRE(turns->wait_for("turn", i));
  }
}

}  // namespace

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

TEST_CASE("CY2: a start after a restart looks at what waits, whatever had been looked at before it") {
  world w;
  stand_in p{w.sys, "p"};
  const auto c = ref_to<peer>(w.sys.env(), "/user/c");
  supervision top = supervise(w.sys, "top", one_for_one{.intensity = 10},
                              child<asker_at_restart>("a", p.ref(), any_peer{c}));
  w.sys.keep("/user/top");
  w.sys.keep("/user/top/a");
  const auto a = top.ref<asker_at_restart>("a");
  static_cast<void>(w.make("c"));
  // It takes two messages at once; while the first one waits, it looks at a third, which is run later where it is, and goes.
  auto hold = std::make_unique<held_cell>(a);
  auto first = a.ask(walk{{{by::pausing, p.ref()}}}, very_long);
  auto second = a.ask(count_fills{}, very_long);
  hold.reset();
  static_cast<void>(p.expect<walk>());
  auto third = a.ask(count_fills{}, very_long);
  w.sys.settle();
  p.reply(std::string{});
  CHECK(w.sys.expect_reply(std::move(first)) == "paused");
  CHECK(w.sys.expect_reply(std::move(second)) == 7);
  CHECK(w.sys.expect_reply(std::move(third)) == 7);
  w.sys.settle();
  // Its new object waits for the probe, and then for c, which waits for it.
  life::cell_of(a)->request_restart();
  static_cast<void>(p.expect<walk>());
  auto from_c = c.ask(walk{{{by::walking, any_peer{a.address()}}}}, very_long);
  w.sys.settle();
  CHECK(w.found() == 0);
  p.reply(std::string{});
  CHECK(w.sys.expect_reply(std::move(from_c)).starts_with("/user/c met cycle at /user/top/a"));
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

TEST_CASE("CY2: a wait that begins long after its ask closes the cycle then, and not before") {
  world w;
  const auto b = w.make("b");
  const auto j = w.sys.spawn<juggler>("j");
  stand_in p{w.sys, "p"}, q{w.sys, "q"};
  auto of_b = b.ask(walk{{{by::pausing, q.ref()}, {by::walking, any_peer{j.address()}}}}, very_long);
  static_cast<void>(q.expect<walk>());
  auto of_j = j.ask(juggle{{by::walking, b}, {by::walking, p.ref()}}, very_long);
  static_cast<void>(p.expect<walk>());
  q.reply(std::string{});
  w.sys.settle();
  CHECK(w.found() == 0);  // b waits for j, which has asked b, but waits for the probe
  p.reply(std::string{});
  w.sys.settle();
  CHECK(w.found() == 1);
  CHECK(w.sys.expect_reply(std::move(of_j)) ==
        text_of({waits<walk>("/user/j", "/user/b"), waits<walk>("/user/b", "/user/j")}));
  CHECK(w.sys.expect_reply(std::move(of_b)) == "/user/b walked");
}

TEST_CASE("CY2: a handler that waits for something else when it is asked closes the cycle when it asks") {
  world w;
  const auto a = w.make("a"), b = w.make("b");
  stand_in p{w.sys, "p"};
  auto of_a = a.ask(walk{{{by::pausing, p.ref()}, {by::walking, b}}}, very_long);
  static_cast<void>(p.expect<walk>());
  auto of_b = b.ask(walk{{{by::walking, a}}}, very_long);
  w.sys.settle();
  CHECK(w.found() == 0);
  p.reply(std::string{});
  w.sys.settle();
  CHECK(w.found() == 1);
  CHECK(w.sys.expect_reply(std::move(of_a)) == "/user/a /user/b ");
  CHECK(w.sys.expect_reply(std::move(of_b)).starts_with("/user/b met cycle at /user/a"));
}

TEST_CASE("HW1: a handler that has been answered, and sleeps, waits for nobody") {
  world w;
  const auto a = w.make("a"), b = w.make("b");
  auto of_a = a.ask(walk{{{by::pausing, b}, {by::sleeping, {}}, {by::walking, b}}}, very_long);
  w.sys.settle();
  auto of_b = b.ask(walk{{{by::sleeping, {}}, {by::walking, a}}}, very_long);
  auto more = b.ask(walk{}, very_long);
  w.sys.settle();
  CHECK(w.found() == 0);
  w.sys.advance(30min);
  CHECK(w.found() == 0);
  w.sys.advance(30min);  // both wake up, and ask each other
  CHECK(w.found() == 1);
  CHECK(w.sys.expect_reply(std::move(of_a)) == "/user/a /user/b ");
  CHECK(w.sys.expect_reply(std::move(of_b)).starts_with("/user/b met cycle at /user/a"));
  CHECK(w.sys.expect_reply(std::move(more)) == "/user/b ");
}

TEST_CASE("CY1: an answer that is promised is waited for by nobody in particular: there is no cycle") {
  world w;
  const auto owed = std::make_shared<promise<std::string>>();
  const auto a = w.make("a");
  const auto d = w.sys.spawn<debtor>("d", owed);
  w.sys.keep_waiting("/user/d");
  auto asked = a.ask(walk{{{by::walking, any_peer{d.address()}}}}, very_long);
  w.sys.settle();
  d.tell(settle_up{});  // now it is suspended; what it owes is not its handler's
  auto queued = d.ask(walk{}, very_long);
  w.sys.settle();
  CHECK(w.found() == 0);
  owed->reply("paid");
  CHECK(w.sys.expect_reply(std::move(asked)) == "/user/a paid");
  static_cast<void>(queued);
}

TEST_CASE("HW2: an ask to several at once is no edge: another may answer") {
  world w;
  const auto a = w.make("a"), b = w.make("b");
  stand_in p{w.sys, "p"};
  const auto all = spawn_group(w.sys, {.name = "all"}, scatter_gather{},
                               std::vector<any_peer>{any_peer{b.address()}, p.ref()});
  w.sys.keep("/user/all");
  auto asked = a.ask(walk{{{by::walking, any_peer{all.address()}}, {by::walking, a}}}, very_long);
  static_cast<void>(p.expect<walk>());
  w.sys.settle();
  CHECK(w.found() == 0);  // b waits for a, and a for b or the probe
  p.reply(std::string{"the probe"});
  CHECK(w.sys.expect_reply(std::move(asked)) == "/user/a the probe");
  w.sys.settle();
  CHECK(w.found() == 0);
}

TEST_CASE("CY5: a cycle in which every request has been begun with fails one all the same") {
  world w;
  const auto j = w.sys.spawn<juggler>("j");
  const auto r = w.sys.spawn<relay>("r", ref<await_it>{j});
  stand_in p{w.sys, "p"};
  j.tell(ask_ahead{{by::walking, any_peer{r.address()}}});
  // r works on what j asked it ahead, and asks j for that very answer.
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

TEST_CASE("CY4: a probe that comes late, after a stop or a restart of somebody in the cycle, fails nobody") {
  for (const bool restarts : {false, true}) {
    world w;
    supervision top =
        supervise(w.sys, "top", one_for_one{.intensity = 10}, child<peer>("a", std::vector<leg>{}));
    w.sys.keep("/user/top");
    w.sys.keep("/user/top/a");
    const ref<peer> a = restarts ? top.ref<peer>("a") : w.make("a");
    const auto b = w.make("b"), c = w.make("c");
    stand_in p{w.sys, "p"};
    auto held = c.ask(walk{{{by::walking, p.ref()}}}, very_long);
    static_cast<void>(p.expect<walk>());
    auto asked = a.ask(walk{{{by::walking, b}, {by::walking, c}, {by::walking, a}}}, very_long);
    w.sys.settle();  // a waits for b, b for c, which is held up
    {
      held_cell hold{b};
      p.reply(std::string{});
      a_few_turns(c);  // it has asked a
      a_few_turns(a);  // which has looked, and sent a probe to b, where it waits
      if (restarts)
        life::cell_of(a)->run_inside([](cell& at) {
          at.fail({errc::handler_failed, "on purpose"}, nullptr);
        });
      else
        stop(a);
      CHECK(w.sys.expect_error(std::move(asked), restarts ? errc::restarted : errc::stopped).code !=
            errc::cycle);
    }
    w.sys.settle();
    CHECK(w.found() == 0);
    CHECK(w.sys.expect_reply(std::move(held)) == "/user/c ");
  }
}

TEST_CASE("CY4: a probe that comes home when the cycle has been broken behind it fails nobody") {
  world w{4};
  const auto a = w.make("a"), b = w.make("b"), c = w.make("c");
  stand_in p{w.sys, "p"};
  auto held = c.ask(walk{{{by::walking, p.ref()}}}, very_long);
  static_cast<void>(p.expect<walk>());
  auto asked = a.ask(walk{{{by::walking, b}, {by::walking, c}, {by::walking, a}}}, very_long);
  w.sys.settle();
  auto hold_b = std::make_unique<held_cell>(b);
  p.reply(std::string{});
  a_few_turns(c);  // it has asked a
  a_few_turns(a);  // which has sent a probe, which waits at b
  auto hold_a = std::make_unique<held_cell>(a);
  hold_b.reset();
  a_few_turns(b);
  a_few_turns(c);  // now it waits at a
  auto hold_c = std::make_unique<held_cell>(c);
  CHECK(life::stop_and_wait(b));  // a and c have not heard of it yet
  hold_a.reset();
  a_few_turns(a);
  CHECK(w.found() == 0);
  hold_c.reset();
  w.sys.settle();
  CHECK(w.found() == 0);
  CHECK(w.sys.expect_reply(std::move(held)) == "/user/c ");
  CHECK(w.sys.expect_reply(std::move(asked)).starts_with("/user/a met stopped"));
}
