// Who asks a plain CAF actor of another system on behalf of a troupe ask.
//
// An asker as for an actor of this process (caf_asker.hpp) hears that its request was dropped when nobody knows it any more. Here CAF's
// registry knows it, since the answer names it by number, for as long as it has not ended: so it must see to its end itself.
//
// Rules
//  FA1 It settles the ask with the answer; with `unreachable` when the connection to the actor's system is lost; and it ends, and is no longer
//      in CAF's registry, with the first of these, or when the asker gives up, at his deadline or before. So of many asks none stays.
//  FA2 An actor that ends answers the requests that wait in its mailbox with an error, but not those whose answer it had promised. CAF lets the
//      news of an end overtake the answers before it, so an ask is failed as `stopped` only `answer_grace` later (M5).
//  FA3 What else it is sent goes on to the asking cell, who is the one CAF wants to talk to.
#pragma once

#include <caf/actor_control_block.hpp>
#include <troupe/base/units.hpp>
#include <troupe/cell/cell.hpp>

namespace troupe {

/// How long an answer may come behind the news that its sender has ended (FA2).
inline constexpr duration answer_grace = seconds{1};

/// Makes an actor that settles `slot` with the answer of `asked` to `caf_asker_request` (FA1-FA3). `from` may be null.
caf::strong_actor_ptr make_far_asker(environment& env, const caf::strong_actor_ptr& asked,
                                     engine::reply_slot_ptr slot, cell_ptr from);

}  // namespace troupe
