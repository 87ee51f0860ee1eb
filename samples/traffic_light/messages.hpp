// What can be said to the crossing.
#pragma once

#include <string>
#include <troupe/troupe.hpp>

namespace street {

/// Somebody wants to cross. Answered when he may: with what the light says.
struct button {
  std::string who;
  using reply = std::string;
};

/// It gets dark, or light again.
struct dusk {};
struct dawn {};

/// A lamp is broken, or whole again. Answered with how often the lights have flashed meanwhile.
struct lamp_failed {
  std::string lamp;
};
struct repaired {
  using reply = int;
};

/// Answered when the crossing is in that state.
struct until {
  std::string state;
  using reply = bool;
};

/// Answered when the lights have flashed so often since they began to.
struct flashes {
  int times = 0;
  using reply = int;
};

}  // namespace street
