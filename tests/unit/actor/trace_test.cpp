// Traces: started on purpose, inherited by what a handler sends, across its waits (M6, TC1-TC3, CX3).
#include <doctest/doctest.h>

#include <troupe/actor/log.hpp>
#include <troupe/actor/work_elsewhere.hpp>
#include <troupe/cell/context.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>

namespace actor_trace_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

/// Where in which trace somebody was.
struct seen {
  std::string who;
  trace_context trace;
};

struct pass_on {};
struct ask_on {};
struct nap {};
struct launch_it {};
struct put_aside {};
struct go_on {};
struct forward_it {};
struct question {
  std::string who;
  using reply = bool;
};

/// Tells the probe where it is.
class last : public actor<question, pass_on, forward_it> {
 public:
  explicit last(ref<seen> to) : to_(std::move(to)) {}
  bool on(const question& m) {
    to_.tell(seen{"asked by " + m.who, current_trace().value_or(trace_context{})});
    return true;
  }
  void on(const pass_on&) { to_.tell(seen{"told", current_trace().value_or(trace_context{})}); }
  void on(const forward_it&) { to_.tell(seen{"forwarded", current_trace().value_or(trace_context{})}); }

 private:
  ref<seen> to_;
};

class first : public actor<pass_on, ask_on, nap, launch_it, put_aside, go_on, forward_it> {
 public:
  static constexpr std::size_t stash_max = 10;

  first(ref<seen> to, ref<last> next) : to_(std::move(to)), next_(std::move(next)) {}

  void on(const pass_on&) {
    say("first");
    next_.tell(pass_on{});
  }
  task<void> on(ask_on) {
    say("before");
    const auto answer = co_await ask<question>(next_, 1s, "first");
    say(answer ? "after" : "failed");
    next_.tell(pass_on{});
  }
  task<void> on(nap) {
    say("before");
    co_await sleep(1ms);
    say("after");
  }
  void on(const launch_it&) {
    say("handler");
    launch(beside());
  }
  void on(const put_aside&) {
    if (open_) return say("again");
    stash();
  }
  void on(const go_on&) {
    say("opens");
    open_ = true;
    unstash_all();
  }
  delegated<unit> on(const forward_it&) { return forward<forward_it>(next_); }

 private:
  task<void> beside() {
    co_await sleep(1ms);
    say("launched");
  }
  void say(std::string who) { to_.tell(seen{std::move(who), current_trace().value_or(trace_context{})}); }

  ref<seen> to_;
  ref<last> next_;
  bool open_ = false;
};

/// An address that keeps what it is sent.
class catcher final : public address {
 public:
  void post(engine::envelope_ptr e) noexcept override { caught = std::move(e); }
  std::string path() const override { return "catcher"; }
  cell_ptr here() noexcept override { return {}; }
  environment* home() const noexcept override { return nullptr; }
  void add_reference() noexcept override { ++references; }
  void release_reference() noexcept override {
    if (--references == 0) delete this;
  }
  engine::envelope_ptr caught;
  unsigned references = 0;
};

struct world {
  testkit::test_system sys{testkit::for_doctest()};
  testkit::probe<seen> probe{sys};
  ref<last> z = sys.spawn<last>("z", probe.ref());
  ref<first> a = sys.spawn<first>("a", probe.ref(), z);
  trace_context trace = sys.env().new_trace();

  trace_context at(const std::string& who) {
    const seen s = probe.expect<seen>();
    CHECK(s.who == who);
    return s.trace;
  }
  /// Whether `t` is in the trace of this world, behind `parent`.
  bool follows(const trace_context& t, const trace_context& parent) const {
    return t.high == trace.high && t.low == trace.low && t.parent == parent.span && t.span != parent.span &&
           t.span != 0;
  }
};

}  // namespace

TEST_CASE("M6: a tell in a trace takes it along, and each handler is a span behind its sender's (TC2)") {
  world w;
  with_trace(w.trace, [&] { w.a.tell(pass_on{}); });
  const trace_context a = w.at("first");
  CHECK(w.follows(a, w.trace));
  CHECK(w.follows(w.at("told"), a));
}

TEST_CASE("M6: an ask takes the trace along, and the asker has it again when it goes on (CX1)") {
  world w;
  with_trace(w.trace, [&] { w.a.tell(ask_on{}); });
  const trace_context before = w.at("before");
  CHECK(w.follows(before, w.trace));
  CHECK(w.follows(w.at("asked by first"), before));
  CHECK(w.at("after") == before);
  CHECK(w.follows(w.at("told"), before));
}

TEST_CASE("M6: an ask from a thread takes the trace along") {
  world w;
  auto answer = with_trace(w.trace, [&] { return w.z.ask(question{"a thread"}, 5s); });
  CHECK(answer.get().value());
  CHECK(w.follows(w.at("asked by a thread"), w.trace));
}

TEST_CASE("M6: a trace lasts across a sleep, and what is launched belongs to it") {
  world w;
  with_trace(w.trace, [&] { w.a.tell(nap{}); });
  const trace_context before = w.at("before");
  CHECK(w.follows(before, w.trace));
  CHECK(w.at("after") == before);
  with_trace(w.trace, [&] { w.a.tell(launch_it{}); });
  const trace_context handler = w.at("handler");
  CHECK(w.follows(handler, w.trace));
  CHECK(w.at("launched") == handler);
}

TEST_CASE("M6: a message keeps its trace when it is stashed or forwarded, whoever brings it back") {
  world w;
  with_trace(w.trace, [&] { w.a.tell(put_aside{}); });
  w.a.tell(go_on{});
  CHECK(!w.at("opens"));
  CHECK(w.follows(w.at("again"), w.trace));
  with_trace(w.trace, [&] { w.a.tell(forward_it{}); });
  CHECK(w.follows(w.at("forwarded"), w.trace));  // behind the sender: forwarding is no span
}

TEST_CASE("M6: a trace ends with its handler: others of the same turn, and the sender behind it, have none") {
  world w;
  w.a.tell(pass_on{});
  with_trace(w.trace, [&] { w.a.tell(pass_on{}); });
  w.a.tell(pass_on{});
  int with = 0, without = 0;
  for (int i = 0; i < 6; ++i) ++(w.probe.expect<seen>().trace ? with : without);
  CHECK(with == 2);
  CHECK(without == 4);
  w.sys.settle();
  CHECK(!w.a.address()->here()->sends_closely());  // CX4: the mark has gone with it
  CHECK(!current_trace());
}

TEST_CASE("M6: a message has a rare part if and only if there is a trace, and is whole in either") {
  auto* const at = new catcher;
  const ref<question> to{address_ptr{at}};
  to.tell(question{"a name that is longer than a short string"});
  REQUIRE(at->caught);
  CHECK(at->caught->options() == nullptr);
  const trace_context t{1, 2, 3};
  with_trace(t, [&] { to.tell(question{"a name that is longer than a short string"}); });
  REQUIRE(at->caught->options());
  CHECK(at->caught->options()->trace_low == 2);
  CHECK(at->caught->options()->span == 3);
  CHECK(at->caught->as<question>().who == "a name that is longer than a short string");
  with_trace(trace_context{}, [&] { to.tell(question{"none"}); });
  CHECK(at->caught->options() == nullptr);
}

TEST_CASE("M6: a message that is too large for a rare part is sent without one") {
  struct huge {
    char bytes[600'000];
  };
  auto* const at = new catcher;
  const ref<huge> to{address_ptr{at}};
  with_trace({1, 2, 3}, [&] { to.tell(huge{}); });
  REQUIRE(at->caught);
  CHECK(at->caught->options() == nullptr);
}

TEST_CASE("M4: a dead letter of a traced message names its trace") {
  world w;
  stop(w.z);
  w.sys.settle();
  with_trace(w.trace, [&] { w.z.tell(pass_on{}); });
  CHECK(w.sys.expect_dead_letter<pass_on>().trace == to_string(w.trace));
}

TEST_CASE("TC3: traces and spans that a system makes differ") {
  world w;
  const trace_context other = w.sys.env().new_trace();
  CHECK(w.trace);
  CHECK((other.high != w.trace.high || other.low != w.trace.low));
  CHECK(other.span != w.trace.span);
}

}  // namespace actor_trace_test
