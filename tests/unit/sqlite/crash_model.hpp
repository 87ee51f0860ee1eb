// A seeded program of transactions on one database, the state it should be in, and the crash that interrupts
// it. Used by the crash tests; says in words what promise was broken, or nothing.
//
// The state is a map of small numbers, so the model can keep every state that may legally be found after a
// crash:
//  - with `full` (and when only processes die): the last acknowledged one, or one attempted since;
//  - with `normal`: any since the last opening.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <troupe/sqlite/options.hpp>

#include "faulty_files.hpp"

namespace troupe::test {

/// One run, decided by its values alone (D1).
struct crash_plan {
  std::uint64_t seed = 1;
  sqlite::durability durable = sqlite::durability::full;
  std::optional<stop_kind> how = {};  ///< how each life ends; empty: drawn each time
  bool lying_files = false;           ///< syncing a file does nothing
  bool lying_directories = false;     ///< syncing a directory does nothing
  bool refusals = false;              ///< now and then an operation is refused, or there is no room
};

/// What a run came to.
struct crash_outcome {
  std::string broken;             ///< the promise that was broken; empty when all held
  std::uint64_t acked = 0;        ///< transactions whose commit returned success
  std::uint64_t failed = 0;       ///< transactions that failed while the disk was running
  std::uint64_t interrupted = 0;  ///< lives that ended in a stop
  std::uint64_t trace = 0;        ///< `faulty_files::counts::trace` at the end
};

/// Runs a database through several lives, each ended at a random operation, and checks it after each.
crash_outcome run(const crash_plan& plan);

}  // namespace troupe::test
