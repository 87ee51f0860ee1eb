// Three letters, the second of which makes the printer fail, under one policy.
#pragma once

#include <functional>
#include <vector>

#include "printer.hpp"

namespace post {

/// One of them, and what must come of it.
struct act {
  const char* title;
  int jams = 0;  ///< what is wrong with the device; 0: the letter is what is wrong
  std::function<troupe::child_builder(troupe::child_builder)> policy;
  bool looks_first = false;
  std::vector<troupe::errc> answers;  ///< of the three letters; `errc{}`: printed
  std::uint64_t restarts = 0;         ///< in which incarnation it ends
  bool gives_up = false;              ///< whether the supervisor has had enough
};

/// All of them, in the order of the README. `retries`: of those acts that have a number of them.
std::vector<act> acts(unsigned retries);

/// Plays one; whether it went as it must.
bool play(const act& one);

}  // namespace post
