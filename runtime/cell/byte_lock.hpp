// A lock of a byte, where a mutex would be 40: for what two threads meet at only when a cell is ended by force (kill.cpp).
#pragma once

#include <atomic>

namespace troupe {

/// For `std::lock_guard`. Thread-safe.
class byte_lock {
 public:
  /// Waits until nobody has it.
  void lock() noexcept {
    // acquire and release pair with each other.
    while (held_.exchange(true, std::memory_order_acquire)) held_.wait(true, std::memory_order_relaxed);
  }
  /// Gives it back.
  void unlock() noexcept {
    held_.store(false, std::memory_order_release);
    held_.notify_one();
  }

 private:
  std::atomic<bool> held_{false};
};

}  // namespace troupe
