// Letting somebody else answer: the asker's slot goes along, so the reply takes no way round and the deadline stays what it was.
//
//     troupe::delegated<price> on(const quote& m) { return delegate<lookup>(stock_, m.item); }   // another message
//     troupe::delegated<price> on(const quote&) { return forward<quote>(stock_); }               // this message, as it is
//
// Rules
//  DG1 The other's reply, its error or what became of it is the asker's outcome (M5). A message that nobody asked is a tell.
//  DG2 `forward` sends the very message: its cause, deadline and trace stay (M6), and the handler must not touch it afterwards.
//  DG3 In `on_unknown` the message may be of any type. `forward(ref)` sends it on whatever it is: who gets it runs it, or has it come to its
//      own `on_unknown`; another node, where it has a contract; a plain CAF actor, where it can be copied. `delegate<M>` fails with `invalid`
//      where whoever asked does not expect what an `M` is answered with; a CAF request takes any answer.
#pragma once

#include <troupe/engine/envelope.hpp>
#include <troupe/ref/ref.hpp>

namespace troupe {

/// What a handler returns that has let somebody else answer with an `R`.
template <class R>
struct delegated {};

namespace detail {

/// Sends `e` to `to` with the reply slot of the message in hand; `reply` is what it is answered with.
void delegate_to(const address_ptr& to, engine::envelope_ptr e, const message_type& reply);

/// Sends the message in hand, which is a `type`, to `to`.
void forward_to(const address_ptr& to, const message_type& type);

/// Sends the message in hand, whatever it is, to `to`.
void forward_whatever(const address_ptr& to);

}  // namespace detail
}  // namespace troupe
