// The system side of an actor, as a ref: what an operator may ask any actor of this process, and of nodes that allow it.
//
//     auto s = troupe::sys::of(ledger).ask(troupe::sys::get_state{}, 1s).get();     // from a thread
//     auto s = co_await ask<troupe::sys::get_state>(troupe::sys::of(ledger), 1s);   // from an actor
//     if (s) std::puts(troupe::sys::as_json(*s).c_str());
//
// Rules
//  SM1 A ref to the system side goes where the ref it is made of goes (L5): to one cell, or to whoever has the path now. Asks of it are
//      asks like any other (M5): with a timeout, `stopped` for one that has stopped, and interceptors see them, so they may be refused.
//  SM2 Its messages use the system lane (M9): they overtake the mailbox, and are handled between two messages, also by an actor that is
//      suspended, waits in a coroutine, starts, or has failed. One whose handler computes answers when that returns.
//  SM3 They cross nodes where the other one lets them: an actor of a node without `node.system_messages` answers `refused`, one of a
//      release that knows no such thing `not_understood`. There they are what a message to the same ref would be: they reach what users
//      have started and nothing else (NM4), and the interceptors of that node are asked first (`before_send`), with a sender of another node. A
//      plain CAF actor answers `invalid`.
#pragma once

#include <string>
#include <troupe/json/writer.hpp>
#include <troupe/ref/ref.hpp>
#include <troupe/sys/messages.hpp>

namespace troupe::sys {

/// A ref to an actor's system side.
using handle = ref<get_state, suspend, resume, trace>;

/// The system side of the actor behind `who` (SM1). An empty ref for an empty one.
handle of(const any_ref& who);

/// The state as one JSON document, with what the actor says of itself as a value in it: {"path": ..., "state": {...}}.
std::string as_json(const actor_state& s, json_style style = json_style::compact);

/// Largest state that is taken from `describe_state`, in bytes of JSON.
inline constexpr std::size_t state_bytes_max = std::size_t{1} << 20;

}  // namespace troupe::sys
