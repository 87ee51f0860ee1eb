// What a cell does with a message to its system side.
#pragma once

#include <troupe/cell/cell.hpp>
#include <troupe/engine/message_type.hpp>

namespace troupe::sys {

/// Handles `message`, one of `sys::handle`'s, for `at`, in its turn, and answers it.
void answer(cell& at, engine::envelope& message);

/// The type of `sys::handle`'s with that wire hash; null: none. Thread-safe.
const message_type* message_with(std::uint64_t hash) noexcept;

}  // namespace troupe::sys
