// Cycles of asks whose edges come in an unusual order or go while a probe is under way, and what looks like a cycle and is none (M7,
// CY1-CY5, HW1, HW2).
#include <doctest/doctest.h>

#include <optional>
#include <troupe/pattern/group.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/actor/ask_cycle_world.hpp"

namespace actor_ask_cycle_order_test {

using namespace troupe;
using namespace cycles;

namespace {

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

}  // namespace

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

}  // namespace actor_ask_cycle_order_test
