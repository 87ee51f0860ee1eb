// Handles and addresses: the two names of one actor.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <troupe/cell/address.hpp>

namespace troupe {

/// The CAF handle of the actor behind `of`: of a cell, or of a plain CAF actor. Throws `failed` with `not_found` when no
/// actor of this process lives there now. Thread-safe.
caf::actor caf_handle(address& of);

/// The address of the actor behind a CAF handle: the cell itself, or a way to a plain CAF actor; null for an empty handle.
/// Throws `failed` with `invalid` for an actor of a CAF system that troupe does not host. Thread-safe.
address_ptr caf_address_of(const caf::strong_actor_ptr& who);

}  // namespace troupe
