// Looks for a seed that loses a cent, and shows what happens there.
#pragma once

#include <optional>
#include <string>

#include "scenario.hpp"

namespace replay {

/// What to run.
struct seeds {
  std::uint64_t first = 1;
  std::uint64_t last = 100;
  std::optional<std::vector<troupe::fault>> faults = {};  ///< exactly these, instead of those of `mishaps`
};

/// Runs them until one fails, and makes that one as small as it gets.
troupe::simulated hunt(const seeds& which, const settings& how);

/// All that happened in a failure, by running it again: its last moments as a sequence diagram, and the messages that led to the write
/// that was one too many.
std::string drawn(const troupe::simulated_failure& f, const settings& how);

/// `none`, `writes`, `all`.
const char* to_string(fence f);

}  // namespace replay
