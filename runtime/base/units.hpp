// Time as the runtime sees it: an opaque monotonic point that only a port::clock can produce, so that
// production and simulation hand out the same type and nobody can call `now()` behind the system's back.
#pragma once

#include <chrono>
#include <cstdint>

namespace troupe {

using std::chrono::duration_cast;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// A span of time, in nanoseconds. Every chrono duration converts to it.
using duration = std::chrono::nanoseconds;

/// The runtime's monotonic time line. It has no `now()`: ask a `port::clock`.
struct steady_line {
  using rep = std::chrono::nanoseconds::rep;
  using period = std::chrono::nanoseconds::period;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<steady_line>;
  static constexpr bool is_steady = true;
};

/// A point on the monotonic time line of one system.
using time_point = steady_line::time_point;

/// "Never": later than every point a clock returns.
inline constexpr time_point never = time_point::max();

/// `now + d`, saturating at `never` instead of overflowing.
constexpr time_point after(time_point now, duration d) noexcept { return d >= never - now ? never : now + d; }

namespace literals {
using namespace std::chrono_literals;
/// 1024 bytes.
constexpr std::size_t operator""_KiB(unsigned long long n) { return static_cast<std::size_t>(n) << 10; }
/// 1024 KiB.
constexpr std::size_t operator""_MiB(unsigned long long n) { return static_cast<std::size_t>(n) << 20; }
}  // namespace literals

}  // namespace troupe
