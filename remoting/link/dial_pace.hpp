// How often a node as a whole dials peers that are declared down.
//
// Rules
//  DP1 A bucket of tokens: `burst` at once, `per_second` over time, however many peers there are. A dial costs a name to be looked up, a socket, and
//      packets to whoever has the address now.
//  DP2 Who finds the bucket empty is told his turn, which is his: nobody asks again, and all come to theirs in the order in which they have asked.
//
// Pure: time is an argument. Thread-safe.
#pragma once

#include <algorithm>
#include <atomic>
#include <troupe/base/units.hpp>

namespace troupe {

/// See above.
class dial_pace {
 public:
  /// REQUIRES: both are more than 0.
  dial_pace(unsigned per_second, unsigned burst) noexcept
      : interval_(duration{std::chrono::seconds{1}} / per_second), ahead_(interval_ * (burst - 1)) {}

  /// When whoever wants to dial now may: now, or later. Takes that turn.
  time_point turn(time_point now) noexcept {
    const duration::rep earliest = (now - ahead_).time_since_epoch().count();
    // relaxed: nothing is read because of it
    duration::rep free = free_.load(std::memory_order_relaxed), mine = 0;
    do mine = std::max(free, earliest);
    while (!free_.compare_exchange_weak(free, mine + interval_.count(), std::memory_order_relaxed));
    return std::max(time_point{duration{mine}}, now);
  }

 private:
  const duration interval_;
  const duration ahead_;
  std::atomic<duration::rep> free_{0};  // the first turn that is not taken
};

}  // namespace troupe
