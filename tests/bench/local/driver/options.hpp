// The driver's command line.
#pragma once

#include <string>
#include <vector>

#include "driver/plan.hpp"

namespace bench {

/// What to measure.
struct options {
  suite of = suite::local;        ///< `--suite supervision`, `--suite remote`
  bool quick = false;             ///< `--quick`: one round, less work
  unsigned rounds = 5;            ///< `--rounds N`
  std::vector<std::string> only;  ///< `--only pingpong,ring`; empty: all
  std::vector<unsigned> workers;  ///< `--workers 1,2`; empty: as planned
  std::vector<language> by;       ///< `--by troupe,caf`; empty: all

  /// Whether the scenario is wanted.
  bool wants(const planned& p) const;
  /// Whether it is wanted with that many workers.
  bool wants(unsigned worker_count) const;
  /// Whether it is wanted in that language.
  bool wants(language l) const;
};

/// Reads the words. Throws `std::invalid_argument` with a line that names the word and what is allowed.
options read_options(const std::vector<std::string>& words);

}  // namespace bench
