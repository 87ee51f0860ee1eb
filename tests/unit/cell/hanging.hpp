// An actor that hangs where it is told to: what the tests of ends by force share.
#pragma once

#include <troupe/ref/caf.hpp>
#include <troupe/tree/messages.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace hanging {

using namespace troupe;
using namespace life;

/// Answered with how many there have been.
struct ping {
  using reply = int;
};
/// Waits for the gate.
struct hang {};
/// Noted.
struct begin {};
/// Waits in a coroutine.
struct wait_long {
  using reply = int;
};
/// Spawns a child.
struct bear {};
/// As `ping`, before the others where the mailbox sorts.
struct urgent {
  using reply = int;
};

/// Hangs where it is told to: in a handler, in its start, in its stop.
class worker_actor : public actor<ping, hang, begin, wait_long, bear, urgent> {
 public:
  using high_priority = messages<urgent>;
  using interleaved = messages<wait_long>;

  worker_actor(journal_ptr to, gate_ptr held_by, std::string hangs_in = {})
      : to_(std::move(to)), gate_(std::move(held_by)), hangs_in_(std::move(hangs_in)) {
    if (hangs_in_ == "nothing, and is counted") to_->note("made");
  }
  ~worker_actor() override { to_->note("destroyed"); }
  void on_start() { hang_in("start"); }
  void on_stop() override {
    to_->note("on_stop");
    hang_in("stop");
  }
  int on(const ping&) { return ++pings_; }
  int on(const urgent&) { return ++pings_; }
  void on(const begin&) { to_->note("begins"); }
  void on(const hang&) {
    to_->note("hangs");
    gate_->pass();
    to_->note("returns");
  }
  void on(const bear&) {
    spawn<worker_actor>(spawn_options{.name = "child"}, to_, gate_, std::string{"as a child"});
    to_->note("has a child");
  }
  task<int> on(wait_long) {
    to_->note("waits");
    const auto never_comes = co_await ask<ping>(find<ping>("/user/silent"), 60s);
    co_return never_comes ? 1 : 0;
  }

 private:
  void hang_in(const std::string& where) {
    if (hangs_in_ != where) return;
    to_->note("hangs");
    gate_->pass();
  }

  journal_ptr to_;
  gate_ptr gate_;
  std::string hangs_in_;
  int pings_ = 0;
};

/// Quiet, with so many workers.
inline system_options workers(unsigned n) {
  auto o = quiet();
  o.workers = n;
  return o;
}

}  // namespace hanging
