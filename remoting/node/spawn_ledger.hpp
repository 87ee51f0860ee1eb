// What a spawner has been asked for and has made: kept apart from it, so that one which fails finds all of it again.
//
// Rules
//  LD1 What is made is in the ledger before anything else is done about it: between its start and that nothing can fail. What is derived from it,
//      who is found by what, is the spawner's own and made anew with it.
//
// Used by one actor, in its turns.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <troupe/actor/promise.hpp>
#include <troupe/cell/handle.hpp>
#include <troupe/cell/resolver.hpp>
#include <troupe/node/spawn_messages.hpp>

namespace troupe::detail {

/// One request, and what came of it.
struct spawn_entry {
  std::string peer = {};
  spawn_request asked = {};  ///< without its bytes, once they have been used
  address_ptr lease = {};
  std::shared_ptr<const ref_guest> guest = {};  ///< who asks, for the refs among the arguments (NM7)
  cell_ptr who = {};                            ///< null: it is not made
  promise<spawned_actor> answer = {};
  std::optional<error> failed = {};  ///< its start
  bool waits = true;                 ///< to be made: for its name (NS7), or its place (NS10)
  bool started = false;
  bool ending = false;  ///< it was told to
  bool ended = false;
  bool lease_over = false;
};

/// See above.
struct spawn_ledger {
  std::uint64_t last = 0;                    ///< number of the last entry
  std::map<std::uint64_t, spawn_entry> all;  ///< by number, in the order they came (D1)
  std::map<std::string, cell_ptr> places;    ///< by peer (NS2); null: one that could not be made
  std::map<std::string, cell_ptr> leaving;   ///< those that are being stopped (NS10)
};

}  // namespace troupe::detail
