// What is said in this sample.
#pragma once

#include <string>
#include <troupe/troupe.hpp>

namespace crash {

/// To the narrator: something has happened.
struct line {
  std::string text;
};

/// To the narrator: answered when everything that was told before is on the terminal; then the person may type again.
struct told {
  using reply = bool;
};

/// To a part: do something. It takes no time; how many a part has done is what it loses with its life.
struct work {
  int number = 0;
};

/// To a part: throw an exception.
struct die {};

/// To a part: stop by yourself, in peace.
struct leave {};

}  // namespace crash
