// Actors of other CAF systems, which CAF's middleman (remoting/basp) has here as proxies. What troupe needs to know of one: that it is one, how
// it is told apart from all others, and whether a message can go there at all.
//
// Rules
//  CF1 CAF numbers the actors of each system from one, so a proxy's number says nothing here: its name and number are made of the other
//      system's node id too. Two proxies of one actor, one after a lost connection and one before, have the same.
//  CF2 CAF writes a message that it can't write as an empty one, and reads one whose type it does not know as an empty one: nobody is told
//      what was wrong, and an actor that knows empty messages would take it for one. So nothing goes to a proxy before it is known that it
//      can be written, and who asks with a message that is empty here is told what that may mean.
#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <troupe/base/error.hpp>

namespace troupe {

/// Whether that actor lives in another CAF system than the one it is known in. REQUIRES: that one is there. Thread-safe.
bool is_far(const caf::actor_control_block& who) noexcept;

/// The number of a plain CAF actor, which is `far` or not, in `terminated`, `link_ended` and lists (CF1): above those of all cells. Thread-safe.
std::uint64_t caf_number_of(const caf::actor_control_block& who, bool far);

/// What such an actor is called (CF1): `caf:17`, of another system `caf:17@5f3a9c01#4711`. Thread-safe.
std::string caf_name_of(const caf::actor_control_block& who, bool far);

/// Why `what` can't be written for another system (CF2): `errc::invalid`, with the type and what to do about it. Nothing: it can. Takes as
/// long as writing it. Thread-safe.
std::optional<error> why_not_across(caf::actor_system& system, const caf::message& what);

/// Whether the connection to the proxy's system was lost, which is how it ended. False for one that has not ended. Thread-safe.
bool has_lost_connection(const caf::actor_control_block& who);

}  // namespace troupe
