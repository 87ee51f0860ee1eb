// Where a plain thread waits for what actors do: a lock and a condition. Where somebody steps the system (port/stepper.hpp), waiting is
// what makes it happen.
//
// Rules
//  GT1 What is waited for is changed under `mutex` and followed by `notify_all`, as with any condition.
//  GT2 The stepper is asked without the lock, and the condition is looked at under it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <troupe/port/clock.hpp>
#include <troupe/port/stepper.hpp>

namespace troupe::engine {

/// See above (GT1, GT2).
class gate {
 public:
  /// Waits on its thread, or with `by`, if that is not null, on its steps.
  explicit gate(port::stepper* by) noexcept : by_(by) {}

  /// Whether it waits on steps.
  bool is_stepped() const noexcept { return by_ != nullptr; }

  /// Guards what is waited for.
  mutable std::mutex mutex;

  /// Waits until `there()`; `hold` holds `mutex`. `for_what` is for the error where nothing is left to happen (`stepper::wait`).
  template <class There>
  void wait(std::unique_lock<std::mutex>& hold, There there, const char* for_what) {
    if (!by_) return condition_.wait(hold, there);
    step(hold, there, never, for_what);
  }

  /// The same, for `limit` at most, by `clock` where steps are what it waits on. Returns `there()`.
  template <class There>
  bool wait_for(std::unique_lock<std::mutex>& hold, port::clock& clock, duration limit, There there,
                const char* for_what) {
    if (!by_) return condition_.wait_for(hold, limit, there);
    return step(hold, there, after(clock.now(), limit), for_what);
  }

  /// Something has changed.
  void notify_all() noexcept { condition_.notify_all(); }

 private:
  template <class There>
  bool step(std::unique_lock<std::mutex>& hold, There& there, time_point until, const char* for_what) {
    hold.unlock();
    const auto look = [&] {
      const std::lock_guard locked{mutex};
      return there();
    };
    const bool came = by_->wait(look, until, for_what);
    hold.lock();
    return came;
  }

  port::stepper* const by_;
  std::condition_variable condition_;
};

}  // namespace troupe::engine
