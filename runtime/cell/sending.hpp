// The way of a message out of its sender: who sent it, which trace it belongs to, and whether it may be sent (M6, interceptor.hpp IC1).
//
// Rules
//  SD1 Everything that sends a message for a user goes through here, whatever it is sent to. What passes a message on behind an address
//      (a router to its member) does not: it has been sent.
//  SD2 A sender for whom nothing of it is rare pays one test of a byte of its own.
#pragma once

#include <optional>
#include <troupe/base/error.hpp>
#include <troupe/cell/address.hpp>

namespace troupe {

namespace detail {

/// `send`, for an envelope that its owner has let go of.
void send_now(address& to, engine::envelope* e) noexcept;
/// The same where something of it may be rare (SD2).
void send_closely(address& to, engine::envelope* e) noexcept;

}  // namespace detail

/// Sends `e` to `to` for whoever runs now (SD1). As `address::post`.
inline void send(address& to, engine::envelope_ptr&& e) noexcept { detail::send_now(to, e.release()); }

/// Sends a message on that somebody else has sent: its cause, deadline and trace stay.
void send_on(address& to, engine::envelope_ptr e) noexcept;

/// For what is not sent with `post`, an offer: makes `e` ready. An error: it must not be sent, and is a dead letter already.
std::optional<error> ready_to_send(address& to, engine::envelope_ptr& e) noexcept;

}  // namespace troupe
