// Handlers that wait in a coroutine: what may interleave, and how they end (L6, M6, M7).
#include <doctest/doctest.h>

#include <troupe/tree/supervise.hpp>

#include "unit/actor/oracle.hpp"

namespace actor_suspended_test {

using namespace troupe;
using namespace life;

namespace {

struct forward_it {
  using reply = int;
};
struct say {};
struct fail_beside {};

/// Notes when it goes.
struct tracer {
  journal_ptr to;
  std::string line;
  ~tracer() { to->note(line); }
};

/// Asks the oracle in a coroutine.
class asker : public actor<forward_it, say> {
 public:
  asker(ref<oracle> o, journal_ptr to, bool fails_beside)
      : oracle_(std::move(o)), to_(std::move(to)), fails_beside_(fails_beside) {}
  ~asker() override { to_->note("destroyed"); }
  void on_start() {
    if (fails_beside_ && incarnation() == 0) launch(fail_later());
  }
  void on_stop() override { to_->note("on_stop"); }
  task<result<int>> on(forward_it) {
    const tracer outer{to_, "handler gone"};
    to_->note("waits");
    launch(beside());
    auto r = co_await ask<question>(oracle_, 60s);
    to_->note("resumed");
    co_return r;
  }
  void on(const say&) { to_->note("said"); }

 private:
  task<void> beside() {
    const tracer inner{to_, "beside gone"};
    auto r = co_await ask<question>(oracle_, 60s);
    static_cast<void>(r);
  }
  task<void> fail_later() {
    auto r = co_await ask<question>(oracle_, 300ms);  // held up: this ends with a timeout
    static_cast<void>(r);
    throw std::runtime_error{"beside"};
  }

  ref<oracle> oracle_;
  journal_ptr to_;
  bool fails_beside_;
};

struct stage {
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  ref<oracle> o = spawn<oracle>(sys, "oracle", j, g);

  void hold() {
    o.tell(hold_up{});
    REQUIRE(j->wait_for("held up"));
  }
};

lines without(const lines& all, const std::string& line) {
  lines out;
  for (const auto& l : all)
    if (l != line) out.push_back(l);
  return out;
}

}  // namespace

TEST_CASE("M7: user messages wait while a handler is suspended") {
  stage s;
  s.hold();
  auto a = spawn<asker>(s.sys, "a", s.o, s.j, false);
  auto answer = a.ask(forward_it{}, patience);
  REQUIRE(s.j->wait_for("waits"));
  a.tell(say{});
  s.g->open();
  CHECK(answer.get().value() == 7);
  REQUIRE(s.j->wait_for("said"));
  const auto all = s.j->all();
  CHECK(std::find(all.begin(), all.end(), "resumed") < std::find(all.begin(), all.end(), "said"));
}

TEST_CASE(
    "M7, L6: stop gets through; frames go newest first before on_stop; the request is answered stopped") {
  stage s;
  s.hold();
  auto a = spawn<asker>(s.sys, "a", s.o, s.j, false);
  auto answer = a.ask(forward_it{}, patience);
  REQUIRE(s.j->wait_for("waits"));
  CHECK(stop_and_wait(a));
  CHECK(answer.get().error().code == errc::stopped);
  s.g->open();
  CHECK(s.o.ask(question{}, patience).get().value() == 7);
  CHECK(s.j->count("asked") == 1);  // not for the two askers that are gone (M6)
  CHECK(without(s.j->all(), "asked") ==
        lines{"held up", "waits", "beside gone", "handler gone", "on_stop", "destroyed"});
}

TEST_CASE("L6: a restart destroys suspended handlers; the request is answered restarted") {
  stage s;
  s.hold();
  auto top = supervise(s.sys, "top", one_for_one{}, child<asker>("a", s.o, s.j, true));
  auto a = top.ref<asker>("a");
  auto answer = a.ask(forward_it{}, patience);
  CHECK(answer.get().error().code == errc::restarted);
  s.g->open();
  auto again = a.ask(forward_it{}, patience);
  CHECK(again.get().value() == 7);
  CHECK(a.incarnation() == 1);
  CHECK(s.j->count("resumed") == 1);
}

TEST_CASE(
    "M6: an ask whose time is over when its turn comes is dropped unrun, and its asker sees a timeout") {
  stage s;
  s.hold();
  auto a = spawn<asker>(s.sys, "a", s.o, s.j, false);
  auto first = a.ask(forward_it{}, patience);
  REQUIRE(s.j->wait_for("waits"));
  CHECK(a.ask(forward_it{}, 1ms).get().error().code == errc::timeout);
  s.g->open();
  CHECK(first.get().value() == 7);
  CHECK(a.ask(forward_it{}, patience).get().value() == 7);
  CHECK(s.sys.events().count(event_kind::dead_letter) == 1);
  CHECK(s.j->count("waits") == 2);
}

}  // namespace actor_suspended_test
