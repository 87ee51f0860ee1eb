// What time it is. Timers are the engine's; a port only tells the time.
#pragma once

#include <chrono>
#include <troupe/base/units.hpp>

namespace troupe::port {

/// Tells the time. Thread-safe.
class clock {
 public:
  virtual ~clock() = default;

  /// The monotonic time of this system. Never goes back.
  virtual time_point now() const noexcept = 0;

  /// The wall-clock time, for people and logs only: it may jump, no decision depends on it.
  virtual std::chrono::system_clock::time_point wall() const noexcept = 0;
};

}  // namespace troupe::port
