// Promises, delegated and forwarded answers over nodes, on real sockets (LA1-LA3, DG1, DG2, M5).
#include <doctest/doctest.h>

#include "unit/node/answers.hpp"
#include "unit/node/world.hpp"

namespace node_answers_test {

using namespace troupe;
using namespace node_test;
using namespace answers_test;
using life::journal;
using life::journal_ptr;
using life::stop_and_wait;

namespace {

constexpr auto very_long = 1000h;  // no deadline comes within a test

/// An office on n2. Porters on n1 and n2 hand on to it; one on n2 hands on to an office on n1.
struct two_houses {
  world w;
  journal_ptr notes = std::make_shared<journal>();
  troupe::system one{node_test::quiet(), remoting{w.options("n1")}};
  std::unique_ptr<troupe::system> two =
      std::make_unique<troupe::system>(node_test::quiet(), remoting{w.options("n2")});
  ref<office> home = spawn<office>(one, "office", notes), there = spawn<office>(*two, "office", notes);
  ref<office> far;
  ref<porter> to_far;       // on n1, for the office on n2
  ref<porter> far_to_far;   // on n2, for the office on n2
  ref<porter> far_to_home;  // on n2, for the office on n1

  two_houses() {
    REQUIRE(wait_for_peer(one, true));
    REQUIRE(wait_for_peer(*two, true));
    far = node(one, "n2").ref<office>("/user/office");
    to_far = spawn<porter>(one, "porter", ref<ticket>{far});
    spawn<porter>(*two, "porter", ref<ticket>{there});
    spawn<porter>(*two, "sender_home", ref<ticket>{node(*two, "n1").ref<office>("/user/office")});
    far_to_far = node(one, "n2").ref<porter>("/user/porter");
    far_to_home = node(one, "n2").ref<porter>("/user/sender_home");
  }
};

std::string outcome(future<std::string> of) {
  const auto what = of.get();
  return what ? *what : std::string{to_string(what.error().code)};
}

}  // namespace

TEST_CASE("LA1: a promise that is kept on another node answers when it is answered, in any order") {
  two_houses h;
  auto one = h.far.ask(ticket{1}, very_long), two = h.far.ask(ticket{2}, very_long);
  h.far.tell(call{2});
  h.far.tell(call{2});
  CHECK(outcome(std::move(two)) == "window 2");
  CHECK(h.notes->wait_for("too late"));  // the first answer counts
  CHECK(h.far.ask(owed{}, 20s).get().value() == 1);
  h.far.tell(call{1});
  CHECK(outcome(std::move(one)) == "window 1");
}

TEST_CASE("LA2: a promise that is dropped on another node, alone or with its actor, is `broken_promise`") {
  two_houses h;
  auto one = h.far.ask(ticket{1}, very_long), two = h.far.ask(ticket{2}, very_long);
  h.far.tell(drop{1});
  CHECK(outcome(std::move(one)) == "broken_promise");
  h.far.tell(close_down{});
  const auto what = two.get();
  REQUIRE(what.has_error());
  CHECK(what.error().code == errc::broken_promise);
  CHECK_FALSE(what.error().text.empty());
}

TEST_CASE("LA1, M6: a promise is owed to nobody once its far asker has given up") {
  two_houses h;
  auto one = h.far.ask(ticket{1}, very_long);
  CHECK(h.far.ask(owed{}, 20s).get().value() == 1);
  CHECK(one.cancel());
  CHECK(h.far.ask(owed{}, 20s).get().value() == 0);  // the cancel went before it
  h.far.tell(call{1});
  CHECK(h.notes->wait_for("too late"));
  CHECK(one.get().error().code == errc::cancelled);
}

TEST_CASE(
    "M5: who waits for a promise of a node that goes hears `unreachable`, or that it is dropped, at once") {
  two_houses h;
  auto one = h.far.ask(ticket{1}, very_long);
  auto over = h.to_far.ask(errand{2}, very_long);
  REQUIRE(h.notes->wait_for("took 1"));
  REQUIRE(h.notes->wait_for("took 2"));
  h.two.reset();
  for (auto* each : {&one, &over}) {
    const std::string what = outcome(std::move(*each));
    CAPTURE(what);
    CHECK((what == "unreachable" || what == "broken_promise"));
  }
}

TEST_CASE("DG1, DG2: an ask is answered by whoever has it in the end, on whatever node") {
  two_houses h;
  for (const auto& by : {h.to_far, h.far_to_far, h.far_to_home}) {
    CAPTURE(by.path());
    const auto& end = by == h.far_to_home ? h.home : h.far;
    const auto before = h.notes->count("took 1"), answered = h.notes->count("took 2");
    auto forwarded = by.ask(ticket{1}, very_long);
    auto delegated = by.ask(errand{2}, very_long);
    REQUIRE(h.notes->wait_for("took 1", before + 1));
    REQUIRE(h.notes->wait_for("took 2", answered + 1));
    end.tell(call{1});
    end.tell(call{2});
    CHECK(outcome(std::move(forwarded)) == "window 1");
    CHECK(outcome(std::move(delegated)) == "window 2");
  }
}

TEST_CASE("DG1: what becomes of a request that was handed on is its asker's outcome") {
  two_houses h;
  for (const auto& by : {h.to_far, h.far_to_far, h.far_to_home}) {
    CAPTURE(by.path());
    const auto& end = by == h.far_to_home ? h.home : h.far;
    const auto before = h.notes->count("took 1"), began = h.notes->count("took 3");
    auto dropped = by.ask(errand{1}, very_long);
    REQUIRE(h.notes->wait_for("took 1", before + 1));
    end.tell(drop{1});
    CHECK(outcome(std::move(dropped)) == "broken_promise");
    // Who gives up gives up with whoever has it now (M6).
    auto given_up = by.ask(ticket{3}, very_long);
    REQUIRE(h.notes->wait_for("took 3", began + 1));
    CHECK(given_up.cancel());
    const auto came = h.notes->count("took 4");
    auto behind = by.ask(ticket{4}, very_long);  // the same way, so it comes behind the cancel
    REQUIRE(h.notes->wait_for("took 4", came + 1));
    end.tell(call{3});
    end.tell(call{4});
    CHECK(outcome(std::move(behind)) == "window 4");
    CHECK(h.notes->wait_for("too late", 1 + (by != h.to_far) + (by == h.far_to_home)));
  }
  CHECK(stop_and_wait(h.there));
  CHECK(stop_and_wait(h.home));
  for (const auto& by : {h.to_far, h.far_to_far, h.far_to_home}) {
    CAPTURE(by.path());
    CHECK(outcome(by.ask(ticket{1}, very_long)) == "stopped");
    CHECK(outcome(by.ask(errand{1}, very_long)) == "stopped");
  }
}

}  // namespace node_answers_test
