// All cases of the suites that this one follows, in their order, and why some do not apply to us.
#pragma once

#include <string_view>
#include <vector>

namespace conformance {

/// One of them.
struct known_case {
  std::string_view suite;
  std::string_view group;
  std::string_view name;
  std::string_view why_not = {};  ///< why there is nothing to be played; empty: it is played
};

/// All of them.
const std::vector<known_case>& catalogue();

}  // namespace conformance
