// Watching an actor by its number: what a part needs that keeps many refs and is told which of them has stopped.
#pragma once

#include <cstdint>
#include <troupe/ref/ref.hpp>

namespace troupe::detail {

/// Has `self` be sent a `terminated` with the returned number when `who` stops (L4), also when it has stopped already. 0: it can't
/// be watched from here (an empty ref, nobody at its path, another node). In `self`'s turn.
std::uint64_t watch_number(cell& self, const any_ref& who);

/// No longer. `number` is what `watch_number` returned. In `self`'s turn.
void unwatch_number(cell& self, const any_ref& who, std::uint64_t number);

}  // namespace troupe::detail
