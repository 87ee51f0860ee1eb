// What travellers, the desk and those it asks say to each other.
#pragma once

#include <string>
#include <troupe/troupe.hpp>

namespace travel {

/// What does a flight there cost?
struct fare {
  std::string to;
  using reply = int;
};

/// What does a night there cost?
struct room {
  std::string in;
  using reply = int;
};

/// What is the weather like there?
struct forecast {
  std::string of;
  using reply = std::string;
};

/// Answered when the next search for a room in that city is given up by whoever asked for it.
struct given_up {
  std::string city;
  using reply = troupe::unit;
};

/// Where nobody ever answers.
struct complaint {
  std::string text;
  using reply = std::string;
};

/// A stamp, for somebody.
struct visa {
  std::string whom;
  using reply = std::string;
};

/// What will be paid back to a traveller?
struct refund {
  std::string whom;
  using reply = int;
};

/// What an insurer is asked for that.
struct assess {
  std::string whom;
  using reply = int;
};

/// What the insurer wants to see first.
struct papers {
  std::string whom;
  using reply = std::string;
};

/// The lights go out.
struct power_cut {};

struct trip {
  int flight = 0;
  int night = 0;
  std::string weather;
};

/// What would a trip there be like?
struct plan {
  std::string to;
  using reply = trip;
};

}  // namespace travel
