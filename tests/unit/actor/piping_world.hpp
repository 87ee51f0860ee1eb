// What the tests of piping share: a desk that does what a test tells it in its handlers, and a bank that the test answers for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <troupe/actor/work_elsewhere.hpp>
#include <troupe/cell/context.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/tree/supervise.hpp>
#include <variant>

#include "unit/cell/world.hpp"

namespace piping {

using namespace std::chrono_literals;

/// Longer than any test lets pass.
inline constexpr auto very_long = 1000h;

/// Asked of the bank.
struct rate {
  std::string of;
  using reply = int;
};
/// The same, without a reply.
struct nudge {};

class desk;
/// Does `what` in a plain handler.
struct act {
  std::function<void(desk&)> what;
};
/// The same, and is answered when the handler has returned.
struct act_for {
  std::function<void(desk&)> what;
  using reply = int;
};
/// Waits for an answer of the bank in a coroutine, and lets nobody in.
struct wait_for_bank {};
/// What came: the test's own words.
struct told {
  std::string what;
};
/// Two of which one comes.
struct good {
  int n = 0;
};
struct bad {
  std::string why;
};
/// Answered with how many came before it.
struct ping {
  using reply = int;
};

/// What an outcome is in words.
inline std::string words(const troupe::result<int>& r) {
  return r ? std::to_string(*r) : std::string{to_string(r.error().code)};
}

/// The trace of who runs.
inline std::string trace_now() {
  return std::to_string(troupe::current_trace().value_or(troupe::trace_context{}).low);
}

/// See above.
class desk : public troupe::actor<act, act_for, wait_for_bank, told, good, bad, ping> {
 public:
  desk(troupe::ref<rate, nudge> bank, life::journal_ptr to) : bank_(std::move(bank)), to_(std::move(to)) {}

  void on(const act& m) { m.what(*this); }
  int on(const act_for& m) {
    m.what(*this);
    return 1;
  }
  troupe::task<void> on(wait_for_bank) {
    const auto came = co_await ask<rate>(bank_, very_long, "wait");
    note("waited for " + words(came));
  }
  void on(const told& m) { note(m.what == "trace" ? trace_now() : m.what); }
  void on(const good& m) { note("good " + std::to_string(m.n)); }
  void on(const bad& m) { note("bad " + m.why); }
  int on(const ping&) { return ++pings_; }

  // ---- what a test needs of it
  using actor::self;
  using actor_base::ask;
  using actor_base::offer;
  using actor_base::pipe;
  using actor_base::run_blocking;
  using actor_base::sleep;
  using actor_base::stop_self;

  /// A coroutine of it that asks the bank.
  troupe::task<int> ask_and_double(std::string of, troupe::duration how_long) {
    const auto came = co_await ask<rate>(bank_, how_long, std::move(of));
    co_return 2 * came.value();
  }
  void note(std::string line) const { to_->note(std::move(line)); }
  const troupe::ref<rate, nudge>& bank() const { return bank_; }

 private:
  const troupe::ref<rate, nudge> bank_;
  const life::journal_ptr to_;
  int pings_ = 0;
};

/// What most pipes here make of an outcome.
inline told tell(const troupe::result<int>& r) { return {words(r)}; }

/// A system in which time stands still, a bank, and a desk below a supervisor.
struct stage {
  stage() {
    sys.keep("/user/top");
    sys.keep("/user/top/*");
  }

  troupe::testkit::test_system sys{
      troupe::testkit::for_doctest({.time = troupe::testkit::time_kind::manual})};
  troupe::testkit::probe<rate, nudge> bank{sys, "bank"};
  life::journal_ptr j = std::make_shared<life::journal>();
  troupe::supervision top =
      supervise(sys, "top", troupe::one_for_one{.intensity = 5}, troupe::child<desk>("desk", bank.ref(), j));
  troupe::ref<desk> d = top.ref<desk>("desk");

  /// Has the desk do it, and returns when all is quiet.
  void does(std::function<void(desk&)> what) {
    d.tell(act{std::move(what)});
    sys.settle();
  }
  /// What has been noted so far.
  life::lines heard() {
    sys.settle();
    return j->all();
  }
};

}  // namespace piping
