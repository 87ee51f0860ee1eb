// Sees to it that somebody waits in the I/O driver while workers are idle.
//
// A worker that leaves the driver with work does not wake another one to take its place: with steady traffic that would cost
// a wake-up for each event. But if its work is long, sockets and timers would wait for it though another worker is idle.
// The lookout looks every `period` while the system is busy, and sends an idle worker into a driver that was empty all
// that time.
//
// Rules
//  LO1 `moves` counts entering and leaving the driver: odd while somebody is inside. Empty for a whole period means
//      even and unchanged between two looks.
//  LO2 It sleeps without a time-out once the driver has been occupied for `quiet_periods_max` looks in a row; whoever leaves
//      the driver rouses it. seq_cst on `asleep_` and `moves_`: at least one of the two sees the other.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <troupe/port/clock.hpp>
#include <troupe/port/park.hpp>

namespace troupe::engine {

/// The watchman of the driver (LO1, LO2). `entered` and `left` are for workers; start and stop for the scheduler.
class lookout {
 public:
  /// `send_one` wakes an idle worker so that it goes into the driver.
  lookout(port::clock& clock, std::unique_ptr<port::parker> parker, std::function<void()> send_one)
      : clock_(clock), parker_(std::move(parker)), send_one_(std::move(send_one)) {}
  ~lookout() { stop(); }

  void start();
  void stop();

  /// A worker goes into the driver.
  void entered() noexcept { moves_.fetch_add(1, std::memory_order_seq_cst); }
  /// It comes out again.
  void left() noexcept {
    moves_.fetch_add(1, std::memory_order_seq_cst);
    if (asleep_.load(std::memory_order_seq_cst)) parker_->unpark();
  }

 private:
  static constexpr duration period = milliseconds{10};
  static constexpr int quiet_periods_max = 100;

  void watch();

  port::clock& clock_;
  std::unique_ptr<port::parker> parker_;
  std::function<void()> send_one_;
  std::atomic<std::uint64_t> moves_{0};
  std::atomic<bool> asleep_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace troupe::engine
