// The run of a message that somebody looks at, for code that only keeps it (observation.hpp, OV2).
#pragma once

#include <memory>

namespace troupe {

class observed_run;

/// Ends a run.
struct end_of_run {
  void operator()(observed_run* r) const noexcept;
};
/// An owned run; null for a message that nobody looks at.
using observed_run_ptr = std::unique_ptr<observed_run, end_of_run>;

}  // namespace troupe
