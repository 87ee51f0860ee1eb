// How long a child that failed waits before it is put back (S9), as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <troupe/base/backoff_settings.hpp>
#include <variant>

namespace troupe {

/// Each restart waits longer than the one before, until the child has been quiet for a while. Such a child has a limit of its own: it does
/// not use up its supervisor's (S3).
struct backoff_restart {
  backoff_settings waits = {};
  std::uint32_t failures_max =
      0;  ///< in a row, without a quiet time between them; past it the supervisor fails; 0: no limit
};

/// Restarted at once, until it has failed `failures_max` times within `within`; then it stays down for `open_for` and gets one trial: a
/// failure within `within` of that and it stays down for as long again. It does not use up its supervisor's limit (S3): the child may be
/// away for long, its siblings are not to pay for it.
struct circuit_restart {
  std::uint32_t failures_max = 5;
  duration within = seconds{10};
  duration open_for = seconds{60};
};

/// At once and counted by the supervisor, or one of the above.
using restart_pace = std::variant<std::monostate, backoff_restart, circuit_restart>;

/// What is wrong with it, "" for nothing.
std::string restart_pace_problem(const restart_pace& pace);

}  // namespace troupe
