// Who asks a plain CAF actor on behalf of a troupe ask: CAF sends a response to an actor, so there is one for each ask.
#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/message_id.hpp>
#include <troupe/cell/cell.hpp>

namespace troupe {

/// The id of the one request that such an actor makes.
inline constexpr caf::message_id caf_asker_request{caf::message_id::default_async_value | 1};

/// Settles `slot` with what a CAF actor has answered: with the reply, its error, or `decode_error` for another type. Thread-safe.
void settle_from_caf(engine::reply_slot& slot, caf::type_erased_tuple& content) noexcept;

/// Makes an actor that settles `slot` with the response to `caf_asker_request`; with `broken_promise` when the last handle
/// to it goes first. What else it is sent goes on to `from` (may be null), who is the one CAF wants to talk to.
caf::strong_actor_ptr make_caf_asker(caf::actor_system& system, engine::reply_slot_ptr slot, cell_ptr from);

}  // namespace troupe
