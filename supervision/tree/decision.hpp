// A decision of a supervisor, as it is shown and sent (decisions.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <troupe/base/units.hpp>
#include <troupe/contract/contract.hpp>
#include <vector>

namespace troupe {

/// One decision.
struct decision {
  std::uint64_t number = 0;  ///< how many there were before it, and itself
  std::string who;           ///< the child it is about, by its name; of the supervisor's own end: `itself`
  std::string reason;        ///< of what it failed, or how it ended
  std::string message;       ///< the message it failed on, by its type's name; empty: none
  std::string action;        ///< what was decided, and which rule says so
  std::vector<std::string> stopped;  ///< who went down for it, in that order
  std::vector<std::string> started;  ///< who came up again, in that order
  bool is_over = true;               ///< whether all that it takes down and brings up is up, or has ended
  duration age{};                    ///< how long ago that was, when it was asked
  duration took{};                   ///< how long it lasted; while it is under way: so far
};
TROUPE_CONTRACT(decision, "troupe.supervisor.decision", 1, number, who, reason, message, action, stopped,
                started, is_over, age, took)

/// One line: `3 s ago: store failed on shop.sell: std::runtime_error: no shelf: restarting it by rest_for_one: 1 of 3 restarts in 5000 ms
/// (S3); down: store, web; up: store, web; took 2 ms`.
std::string to_string(const decision& d);

/// Who went down and who came up: `down: store, web; up: store, web`.
std::string names_in(const decision& d);

}  // namespace troupe
