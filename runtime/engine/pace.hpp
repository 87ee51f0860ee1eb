// How often a busy worker looks at the clock.
//
// Reading the clock costs as much as running a small message, so a worker reads it every few runs. How many is learnt: the
// readings shall be about `gap` apart, whatever the runs cost.
//
// Rules
//  PC1 A run is one message or one turn. After `credit` runs the clock is read, due timers are fired, and the credit is set
//      anew: doubled when the readings came too close, cut in proportion when they came too late.
//  PC2 So with runs of a steady cost a timer is late by about `gap` or one run, whichever is longer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <troupe/base/units.hpp>

namespace troupe::engine {

/// Counts runs down to the next reading of the clock. One thread's.
class pace {
 public:
  /// How far apart readings shall be.
  static constexpr duration gap = microseconds{20};
  /// The most runs between two readings.
  static constexpr std::uint32_t runs_max = 256;

  /// Something has run. True: read the clock now and say so with `was_read`.
  bool ran() noexcept { return --left_ == 0; }

  /// The clock was read: it is `now`.
  void was_read(time_point now) noexcept {
    const duration since = now - last_;
    last_ = now;
    if (since < gap / 2)
      credit_ = std::min(2 * credit_, runs_max);
    else if (since > gap)
      credit_ = static_cast<std::uint32_t>(std::max<duration::rep>(1, credit_ * gap.count() / since.count()));
    left_ = credit_;
  }

 private:
  std::uint32_t credit_ = 1;
  std::uint32_t left_ = 1;
  time_point last_{};
};

}  // namespace troupe::engine
