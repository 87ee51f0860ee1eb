// What the awaitable parts of this room share: the actor whose turn it is, waiting in it, asking on its behalf.
//
// Rules
//  AI1 All of it is for coroutines of an actor. A frame that is destroyed while it waits (L6) is never resumed, and takes its
//      timer or its ask along.
#pragma once

#include <troupe/actor/actor_base.hpp>

namespace troupe::detail {

/// The cell whose turn it is. Throws `failed` with `invalid` outside of actors; `what` names the call and what to do instead.
cell& turn_of(const char* what);

/// The time at this very moment.
time_point moment_at(const cell& here) noexcept;

/// A seed from the entropy port of the actor whose turn it is.
std::uint64_t seed_of(cell& here);

/// Sends `e` to `to` as an ask of `here`, whose body is an actor.
boost::intrusive_ptr<cell_slot> ask_inside(cell& here, const address_ptr& to, engine::envelope_ptr e,
                                           const message_type& reply, duration timeout);

/// `co_await pause(d)` goes on in a later turn of its actor, after `d` (AI1).
inline sleeping pause(duration d) { return {turn_of("a pause is for coroutines of an actor"), d}; }

}  // namespace troupe::detail
