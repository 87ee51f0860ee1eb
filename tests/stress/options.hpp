// What can be said on the command line.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/base/units.hpp>

namespace stress {

/// The options. Each is `--name N`.
struct options {
  std::uint64_t seed = 1;            ///< of the first round; each further one has the next
  std::uint64_t seconds = 10;        ///< no round begins later than this
  std::uint64_t actors = 1000;       ///< about how many live at a time
  std::uint64_t workers = 0;         ///< 0: 1 to 8, by the round's seed
  std::uint64_t messages = 100'000;  ///< a round's budget
  std::uint64_t patience = 120;      ///< seconds until a round that does not come to rest has lost something

  /// Reads them; what is wrong with them in one line, empty if nothing.
  std::string read(int argc, char** argv);
};

}  // namespace stress
