// What a failure detector thinks of a peer at a moment, for people: it decides nothing.
#pragma once

#include <string>
#include <troupe/base/units.hpp>

namespace troupe {

/// How likely it is that a silent peer is no more, and how its silences have been. A value.
struct suspicion {
  duration silent{};     ///< since something was heard
  duration mean{};       ///< of its silences
  duration deviation{};  ///< of its silences; at least `detector_settings::min_deviation`
  duration limit{};      ///< the silence that is a verdict
  double phi = 0;        ///< 0 to 16; the chance to be wrong about the peer now is 10^-phi

  friend bool operator==(const suspicion&, const suspicion&) = default;
};

/// `phi 8.0: mean 0.50 s, deviation 0.10 s`; the same on every machine. Thread-safe.
std::string to_string(const suspicion& s);

/// `4.02 s`: a span of time as people read it beside others, to a hundredth. Thread-safe.
std::string in_seconds(duration d);

}  // namespace troupe
