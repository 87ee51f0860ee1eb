// How patient a node is with silent peers, as data.
#pragma once

#include <cstddef>
#include <troupe/base/error.hpp>
#include <troupe/base/units.hpp>

namespace troupe {

/// The settings of a `failure_detector`. The defaults are those of Pekko's `pekko.cluster.failure-detector`. A value; not thread-safe.
struct detector_settings {
  double threshold =
      8;  ///< phi that is a verdict, 1 to 16: at 8 one silence in 10^8 that are as usual is taken for death
  duration acceptable_pause = seconds{3};  ///< silence that is forgiven on top of what is usual
  duration min_deviation =
      milliseconds{100};           ///< at least so much is taken for the deviation, however even the peer is
  std::size_t samples_max = 1000;  ///< silences that are remembered, 2 to `samples_most`

  /// The most that `samples_max` may be: the window of a peer takes four bytes a sample.
  static constexpr std::size_t samples_most = 10'000;
  /// The most that `acceptable_pause` and `min_deviation` may be.
  static constexpr duration longest = hours{24};

  friend bool operator==(const detector_settings&, const detector_settings&) = default;
};

/// Success when a detector can be made of `s`; otherwise `errc::invalid` with what is wrong and what would be right. Thread-safe.
result<void> validate(const detector_settings& s);

}  // namespace troupe
