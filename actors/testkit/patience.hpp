// How long a test waits for what must happen.
//
// Rules
//  PA1 Waiting times are the tester's, so they are real time, also where a system's clock stands still.
//  PA2 All of them are multiplied by the environment variable TROUPE_TEST_TIME_FACTOR, for machines that are slow (a number
//      from 0.01 to 1000; absent: 1). Anything else in it is an error that names it. Times in which nothing must happen are
//      not stretched.
//  Source: Pekko's testkit (single-expect-default, expect-no-message-default, timefactor).
#pragma once

#include <string_view>
#include <troupe/base/units.hpp>

namespace troupe::testkit {

/// The waiting times of a probe or a test system, before they are stretched (PA2).
struct patience {
  duration expect = seconds{3};          ///< for what is expected
  duration nothing = milliseconds{100};  ///< for what must not come, where nobody can tell that nothing will
  duration settle = seconds{10};         ///< for a system to have nothing left to do
};

/// What TROUPE_TEST_TIME_FACTOR says. Throws `failed` with `invalid` when that is no factor. Thread-safe as `getenv` is.
double time_factor();

/// The factor that `text` is; throws like `time_factor`.
double time_factor_from(std::string_view text);

/// `d` stretched by the factor (PA2); a day at most.
duration dilated(duration d);

/// A wait under way, in real time (PA1). Used by one thread.
class stopwatch {
 public:
  /// Begins now, for `limit`.
  explicit stopwatch(duration limit) noexcept;
  /// How much of the limit is left; zero when it is over.
  duration left() const noexcept;
  /// How long it has lasted.
  duration lasted() const noexcept;
  /// The limit.
  duration limit() const noexcept { return limit_; }

 private:
  time_point from_;
  duration limit_;
};

}  // namespace troupe::testkit
