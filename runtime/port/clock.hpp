// What time it is. Timers are the engine's; a port only tells the time.
#pragma once

#include <chrono>
#include <troupe/base/units.hpp>

namespace troupe::port {

/// A reading that is cheap and not exact: the time is `at` or up to `behind` later.
struct coarse_time {
  time_point at{};
  duration behind{};
};

/// Tells the time. Thread-safe.
class clock {
 public:
  virtual ~clock() = default;

  /// The monotonic time of this system. Never goes back.
  virtual time_point now() const noexcept = 0;

  /// The same for a fraction of the price where there is such a thing, for whom some milliseconds make no difference.
  virtual coarse_time coarse() const noexcept { return {now(), duration::zero()}; }

  /// The wall-clock time, for people and logs only: it may jump, no decision depends on it.
  virtual std::chrono::system_clock::time_point wall() const noexcept = 0;
};

}  // namespace troupe::port
