// Refs and CAF handles: what a program needs that uses both. Include it beside <troupe/troupe.hpp>, which includes no CAF.
//
//     caf::actor h = ledger.caf();                                  // CAF's send, request, monitor, link work on it
//     auto echo = troupe::from_caf<say>(sys.caf().spawn(echo_fun)); // tell, ask and watch work on it
#pragma once

#include <troupe/caf/interop.hpp>
#include <troupe/ref/ref.hpp>

namespace troupe {

/// A ref to the actor behind a CAF handle (`caf::actor`, a typed handle, `caf::strong_actor_ptr`): the cell itself when it
/// is a troupe actor, so nothing is lost on the way there and back; else a plain CAF actor, to which messages of `Ts` go as
/// CAF messages. It can't be checked whether that actor understands `Ts`: what it refuses comes back as CAF's error. An
/// empty handle gives an empty ref. Throws `failed` with `invalid` for an actor of a CAF system that troupe does not host.
template <class... Ts, class Handle>
ref<Ts...> from_caf(const Handle& who) {
  return ref<Ts...>{caf_address_of(caf::actor_cast<caf::strong_actor_ptr>(who))};
}

}  // namespace troupe
