// A child that notes its life in a journal, and fails, stops and waits as it is told.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/tree/messages.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace noting {

using namespace troupe;
using namespace life;

struct ping {
  using reply = int;
};
struct crash {};
struct quit {};
struct say {
  int n;
};
struct slow {
  using reply = int;
};

/// Answers nobody.
class silent : public actor<ping> {
 public:
  promise<int> on(const ping&) { return kept_ = answer_later<int>(); }

 private:
  promise<int> kept_;
};

/// Notes its life; crashes, stops and waits as told. `bad_starts`: how many of its starts fail from now on; `held_by`: where a crash waits.
class worker_actor : public actor<ping, crash, quit, say, slow> {
 public:
  worker_actor(std::string name, journal_ptr to, std::shared_ptr<std::atomic<int>> bad_starts = {},
               gate_ptr held_by = {})
      : name_(std::move(name)),
        to_(std::move(to)),
        bad_starts_(std::move(bad_starts)),
        gate_(std::move(held_by)) {
    to_->note(name_ + " made");
  }
  void on_start() {
    if (bad_starts_ && bad_starts_->fetch_sub(1) > 0) throw std::runtime_error{"bad start"};
    to_->note(name_ + " start");
  }
  void on_stop() override { to_->note(name_ + " stop"); }
  int on(const ping&) { return ++pings_; }
  void on(const crash&) {
    to_->note(name_ + " crash");
    if (gate_) gate_->pass();
    throw std::runtime_error{"crash"};
  }
  void on(const quit&) { stop_self(); }
  void on(const say& m) { to_->note(name_ + " " + std::to_string(m.n)); }
  task<int> on(slow) {
    to_->note(name_ + " waits");
    const auto never_comes = co_await ask<ping>(find<ping>("/user/silent"), 60s);
    co_return never_comes ? 1 : 0;
  }

 private:
  std::string name_;
  journal_ptr to_;
  std::shared_ptr<std::atomic<int>> bad_starts_;
  gate_ptr gate_;
  int pings_ = 0;
};

inline child_builder noted(const std::string& id, const journal_ptr& j,
                           const std::shared_ptr<std::atomic<int>>& bad_starts = {}, const gate_ptr& g = {}) {
  return child<worker_actor>(id, id, j, bad_starts, g);
}

inline std::shared_ptr<std::atomic<int>> number(int n) { return std::make_shared<std::atomic<int>>(n); }

}  // namespace noting
