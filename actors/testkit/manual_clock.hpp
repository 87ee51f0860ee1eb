// A clock that stands still until it is told to move, or runs with the real one.
#pragma once

#include <atomic>
#include <troupe/port/clock.hpp>

namespace troupe::testkit {

/// The clock of a test platform. `now`, `wall` are thread-safe; the rest is for one thread at a time. It never goes back.
class manual_clock final : public port::clock {
 public:
  /// Where a clock that stands still begins: the same in every run (D1). A multiple of the timers' tick.
  static constexpr time_point beginning{hours{1}};

  /// Runs as `real` does, unless it `stands_still`.
  manual_clock(port::clock& real, bool stands_still) noexcept
      : real_(real), still_(stands_still), at_(beginning.time_since_epoch().count()) {}

  time_point now() const noexcept override {
    if (still_.load(std::memory_order_seq_cst))
      return time_point{duration{at_.load(std::memory_order_seq_cst)}};
    return real_.now() + duration{ahead_.load(std::memory_order_seq_cst)};
  }

  /// While it stands still: the first hours of 2024 in UTC, the same in every run.
  std::chrono::system_clock::time_point wall() const noexcept override;

  /// Whether it stands still.
  bool stands_still() const noexcept { return still_.load(std::memory_order_seq_cst); }

  /// Puts it forward. REQUIRES: it stands still, `to` is not earlier.
  void set(time_point to) noexcept { at_.store(to.time_since_epoch().count(), std::memory_order_seq_cst); }

  /// From here on it runs.
  void run() noexcept;

  /// The real time at which it will be `at`. REQUIRES: it runs.
  time_point real_time_of(time_point at) const noexcept {
    return at == never ? never : at - duration{ahead_.load(std::memory_order_seq_cst)};
  }

 private:
  port::clock& real_;
  // seq_cst throughout: a test is no place to save a fence.
  std::atomic<bool> still_;
  std::atomic<duration::rep> at_;        // while it stands still
  std::atomic<duration::rep> ahead_{0};  // of the real one, while it runs
};

}  // namespace troupe::testkit
