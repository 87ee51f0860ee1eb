// The timer service of a system: one wheel behind a lock, fired by the workers.
//
// Rules
//  TM1 Arming takes a reference to the timer, firing or cancelling gives it back: a timer can't die while
//      armed.
//  TM2 `cancel` returns true exactly when the timer was armed and now never fires; false means it has fired, is
//      firing on another thread, or was not armed. Whoever must not see a late firing settles it in its own
//      state.
//  TM3 `fired` runs on a worker, without the lock, and only posts: it never runs user code.
//  TM4 One that is due `never` is not armed: who waits without a limit has nothing to cancel, and what is armed would be kept for ever.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <troupe/engine/timer.hpp>
#include <troupe/engine/timer_wheel.hpp>

namespace troupe::engine {

/// The armed timers. Thread-safe.
class timers {
 public:
  /// `on_earlier` is called, without the lock, when a timer becomes the next one: whoever waits must wait
  /// shorter.
  timers(time_point start, std::function<void()> on_earlier);

  /// Arms `t` for `due` (TM1), unless that is `never` (TM4). REQUIRES: `t` is not armed.
  void arm(timer& t, time_point due);

  /// Disarms `t` (TM2).
  bool cancel(timer& t) noexcept;

  /// Fires everything due at `now`. Returns how many fired.
  std::size_t fire(time_point now);

  /// When `fire` should be called next; `never` when nothing is armed. A hint that is never too late.
  time_point next_due() const noexcept {
    return time_point{duration{next_due_.load(std::memory_order_seq_cst)}};
  }

  /// Forgets all timers, un-fired. For shutdown.
  void clear() noexcept;

 private:
  void publish() noexcept;

  mutable std::mutex mutex_;
  timer_wheel wheel_;
  // seq_cst: pairs with the worker that reads it after announcing that it will park (scheduler.cpp, rule P2).
  std::atomic<duration::rep> next_due_{never.time_since_epoch().count()};
  std::function<void()> on_earlier_;
};

}  // namespace troupe::engine
