// The way of a message out of its sender: who sent it, which trace it belongs to, and whether it may be sent (M6, interceptor.hpp IC1).
//
// Rules
//  SD1 Everything that sends a message for a user goes through here, whatever it is sent to. What passes a message on behind an address
//      (a router to its member) does not: it has been sent.
//  SD2 A sender for whom nothing of it is rare pays one test of a byte of its own.
#pragma once

#include <optional>
#include <troupe/cell/cell.hpp>

namespace troupe {

namespace detail {

/// Whether a thread that runs no actor must look closely at what it sends to `to`.
bool sends_closely_outside(const address& to) noexcept;
/// Whether whoever runs now must.
inline bool sends_closely(const cell* self, const address& to) noexcept {
  return self ? self->sends_closely() : sends_closely_outside(to);
}
/// Puts the trace into `e` and shows it to the interceptors. An error: it was refused and has become a dead letter, its asker has been
/// told. `as_it_is`: a message that somebody else sent, whose cause and trace stay (DG2).
std::optional<error> prepare_send(address& to, engine::envelope_ptr& e, bool as_it_is) noexcept;

void send_closely(address& to, engine::envelope_ptr e, bool as_it_is) noexcept;

}  // namespace detail

/// Sends `e` to `to` for whoever runs now (SD1). As `address::post`.
[[gnu::always_inline]] inline void send(address& to, engine::envelope_ptr&& e) noexcept {
  const cell* const self = cell::current();
  if (detail::sends_closely(self, to)) [[unlikely]]
    return detail::send_closely(to, std::move(e), false);
  e->cause = self ? self->number() : 0;
  to.post(std::move(e));
}

/// Sends a message on that somebody else has sent: its cause, deadline and trace stay.
inline void send_on(address& to, engine::envelope_ptr e) noexcept {
  if (detail::sends_closely(cell::current(), to)) [[unlikely]]
    return detail::send_closely(to, std::move(e), true);
  to.post(std::move(e));
}

/// For what is not sent with `post`, an offer: makes `e` ready. An error: it must not be sent, and is a dead letter already.
inline std::optional<error> ready_to_send(address& to, engine::envelope_ptr& e) noexcept {
  const cell* const self = cell::current();
  e->cause = self ? self->number() : 0;
  if (detail::sends_closely(self, to)) [[unlikely]]
    return detail::prepare_send(to, e, false);
  return {};
}

}  // namespace troupe
