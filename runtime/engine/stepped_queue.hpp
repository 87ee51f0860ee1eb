// The queue of a dispatcher that has no threads: whoever steps it says which of those that wait is next (port/stepper.hpp).
//
// Rules
//  SQ1 Whoever waits may be chosen, so an order that threads could produce can be produced here too. The places are those of
//      arrival: nothing depends on an address (D1).
//  SQ2 Used on the stepper's thread only, from inside steps and between them: it has no lock.
#pragma once

#include <cstddef>
#include <troupe/engine/runnable.hpp>
#include <troupe/port/stepper.hpp>
#include <utility>
#include <vector>

namespace troupe::engine {

/// Runnables in the order of their arrival (SQ1, SQ2).
class stepped_queue {
 public:
  /// One more, behind the others.
  void push(runnable& r) { waiting_.push_back(&r); }
  /// How many wait.
  std::size_t size() const noexcept { return waiting_.size(); }
  /// Takes out the one at `which`; those behind it move up. REQUIRES: `which < size()`.
  runnable& take(std::size_t which) {
    runnable& r = *waiting_[which];
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(which));
    return r;
  }
  /// Forgets all.
  void clear() noexcept { waiting_.clear(); }

 private:
  std::vector<runnable*> waiting_;
};

/// A dispatcher of any kind but the default one, where there is a stepper: its turns are no worker's. They may not wait for all that (SP2).
class stepped_dispatcher final : public dispatcher, public port::stepped {
 public:
  explicit stepped_dispatcher(port::stepper& by) : by_(&by) { by.attach(*this); }
  ~stepped_dispatcher() override { stepped_dispatcher::stop(); }

  void submit(runnable& r) override { queue_.push(r); }
  void stop() override {
    // Once: a handle may outlive the platform, and the stepper with it.
    if (port::stepper* const by = std::exchange(by_, nullptr)) by->detach(*this);
    queue_.clear();
  }

  std::size_t ready() const noexcept override { return queue_.size(); }
  void run(std::size_t which) override { queue_.take(which).run_turn(); }

 private:
  port::stepper* by_;
  stepped_queue queue_;
};

}  // namespace troupe::engine
