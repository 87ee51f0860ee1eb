// How waits grow (backoff.hpp, B1 to B4), as data.
#pragma once

#include <optional>
#include <troupe/base/error.hpp>
#include <troupe/base/units.hpp>

namespace troupe {

/// How waits grow. Times are durations; see the rules above.
struct backoff_settings {
  duration min = std::chrono::milliseconds{100};  ///< the first wait; more than 0
  duration max = std::chrono::seconds{10};        ///< no wait is longer; at least `min`
  double jitter = 0.2;                            ///< share of a wait that is random, 0 to 1
  std::optional<duration> reset_after =
      std::nullopt;  ///< quiet time that starts over; default (min + max) / 2

  friend bool operator==(const backoff_settings&, const backoff_settings&) = default;
};

/// Success when a `backoff` can be made of `s`; otherwise `errc::invalid` with what is wrong and what would
/// be right.
result<void> validate(const backoff_settings& s);

}  // namespace troupe
