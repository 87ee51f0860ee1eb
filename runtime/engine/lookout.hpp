// The scheduler's watchman: a thread that looks at the workers every `period` while any of them is busy, and finds what no
// worker can see while another one is in a long turn (scheduler.hpp, rules P7 and P8).
//
// Rules
//  LO1 It sleeps without a time-out once `look` has said "quiet" `quiet_periods_max` times in a row; whoever ends the
//      quiet calls `rouse`.
//  LO2 It is never asleep while the system is busy: it announces its sleep before it looks a last time, whoever ends the
//      quiet does that before it calls `rouse`. Both are seq_cst, so at least one sees the other.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <troupe/port/clock.hpp>
#include <troupe/port/park.hpp>

namespace troupe::engine {

/// Calls a function every now and then while there is a reason to (LO1, LO2). `rouse` is for any thread.
class lookout {
 public:
  /// `look` is called on the lookout's thread, one call at a time; it returns whether all is quiet.
  lookout(port::clock& clock, std::unique_ptr<port::parker> parker, std::function<bool()> look)
      : clock_(clock), parker_(std::move(parker)), look_(std::move(look)) {}
  ~lookout() { stop(); }

  /// Starts the thread.
  void start();
  /// Ends it and waits for it.
  void stop();

  /// The quiet is over. Cheap when it is awake.
  void rouse() noexcept {
    if (asleep_.load(std::memory_order_seq_cst)) parker_->unpark();
  }

 private:
  static constexpr duration period = milliseconds{10};
  static constexpr int quiet_periods_max = 3;

  void watch();

  port::clock& clock_;
  std::unique_ptr<port::parker> parker_;
  std::function<bool()> look_;
  std::atomic<bool> asleep_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace troupe::engine
