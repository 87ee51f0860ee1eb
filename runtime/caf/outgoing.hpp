// A message of ours on its way to a plain CAF actor: what CAF puts into that actor's mailbox. Rules: caf_address.hpp, CA1 and CA2.
#pragma once

#include <caf/mailbox_element.hpp>
#include <troupe/cell/environment.hpp>

namespace troupe {

/// The CAF message of `e` for `actor`, from the cell `from` (null: from nobody); an ask becomes a request whose answer goes to the asker. Null
/// when it can't be made, or can't go to the other system in which `actor` lives (CF2): then `e` has become a dead letter of `to`, and its
/// asker has one line that says so. Thread-safe.
caf::mailbox_element_ptr outgoing_element(environment& env, engine::envelope_ptr e, const cell_ptr& from,
                                          const address& to, const caf::strong_actor_ptr& actor) noexcept;

}  // namespace troupe
