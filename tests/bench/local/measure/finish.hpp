// How the main thread learns that the actors are done: the same for every C++ program, and outside of what is compared.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "measure/program.hpp"

namespace bench {

/// How long a scenario may take before it counts as hung.
inline constexpr std::chrono::seconds run_time_max{300};

/// Collects a number from each of several reporters; the main thread waits for all. Thread-safe.
class finish_line {
 public:
  explicit finish_line(std::uint64_t reporters = 1) : missing_(reporters) {}

  /// One reporter is done; `value` is added to the sum.
  void arrive(std::uint64_t value = 0) {
    const std::lock_guard lock(mutex_);
    expect(missing_ > 0, "somebody finished twice");
    sum_ += value;
    // Under the lock, because the waiting thread may take this object down as soon as it can leave.
    if (--missing_ == 0) all_here_.notify_one();
  }

  /// Waits for all reporters and returns the sum of what they said.
  std::uint64_t wait() {
    std::unique_lock lock(mutex_);
    expect(all_here_.wait_for(lock, run_time_max, [this] { return missing_ == 0; }), "not finished in time");
    return sum_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_here_;
  std::uint64_t missing_;
  std::uint64_t sum_ = 0;
};

/// Time since it was made.
class stopwatch {
 public:
  std::chrono::nanoseconds elapsed() const { return std::chrono::steady_clock::now() - start_; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace bench
