// Actors that link themselves to others: what the tests of links share.
#pragma once

#include <algorithm>
#include <troupe/ref/find.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/messages.hpp>
#include <troupe/troupe.hpp>

#include "unit/cell/world.hpp"

namespace linked {

using namespace troupe;
using namespace life;

/// Links itself, or no longer.
struct join {
  any_ref to;
};
/// See there.
struct part {
  any_ref from;
};
/// Is answered with how many it has got.
struct ping {
  using reply = int;
};
/// Noted.
struct say {
  std::string what;
};
/// Ends normally.
struct quit {};
/// Fails.
struct crash {};
/// Says something to another and then ends so.
struct last_words {
  ref<say> to;
  bool fails = true;
};
/// Waits for the gate.
struct hang {};

/// Notes its life, and ends with those it is linked to.
class friendly : public actor<join, part, ping, say, quit, crash, last_words, hang> {
 public:
  friendly(std::string name, journal_ptr to, gate_ptr held_by = {})
      : name_(std::move(name)), to_(std::move(to)), gate_(std::move(held_by)) {}
  void on_start() { note("start"); }
  void on_stop() override { note("stop"); }
  void on(const join& m) { link(m.to); }
  void on(const part& m) { unlink(m.from); }
  int on(const ping&) { return ++pings_; }
  void on(const say& m) { note(m.what); }
  void on(const quit&) { stop_self(); }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  void on(const last_words& m) {
    for (int i = 0; i < 10; ++i) m.to.tell(say{std::to_string(i)});
    if (m.fails) throw std::runtime_error{"crash"};
    stop_self();
  }
  void on(const hang&) {
    note("hangs");
    gate_->pass();
  }

 protected:
  void note(const std::string& what) { to_->note(name_ + " " + what); }
  const journal_ptr& notes() const { return to_; }

 private:
  const std::string name_;
  const journal_ptr to_;
  const gate_ptr gate_;
  int pings_ = 0;
};

/// Outlives those it is linked to.
class trapping : public friendly {
 public:
  using friendly::friendly;
  void on_link_ended(const link_ended& news) override {
    note("traps " + news.path() + " " + to_string(news.reason()));
  }
};

/// A system whose work is done when `settle` returns, and what happened in it.
struct stage {
  explicit stage(unsigned workers = 2) : sys(options(workers)) {}

  template <class A = friendly>
  ref<A> make(const std::string& name, gate_ptr held_by = {}) {
    const auto made = troupe::spawn<A>(sys, spawn_options{.name = name}, name, j, held_by);
    note_end(cell_of(made), ends);
    return made;
  }
  /// Links `a` to `b`, and lets both know.
  template <class A, class B>
  void link(const ref<A>& a, const ref<B>& b) {
    a.tell(join{b});
    sys.settle();
  }
  /// What has ended by now, and how.
  lines ended() {
    sys.settle();
    return ends->all();
  }
  bool lives(const any_ref& who) {
    sys.settle();
    return !cell_of(who)->has_ended();
  }

  static testkit::test_options options(unsigned workers) {
    testkit::test_options o;
    o.time = testkit::time_kind::manual;
    o.leftovers = false;
    o.system.workers = workers;
    o.system.log = log_level::error;
    return testkit::for_doctest(std::move(o));
  }

  journal_ptr j = std::make_shared<journal>();
  journal_ptr ends = std::make_shared<journal>();
  testkit::test_system sys;
};

}  // namespace linked
