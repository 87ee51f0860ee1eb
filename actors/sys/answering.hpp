// What a cell does with a message to its system side.
#pragma once

#include <troupe/cell/cell.hpp>

namespace troupe::sys {

/// Handles `message`, one of `sys::handle`'s, for `at`, in its turn, and answers it.
void answer(cell& at, engine::envelope& message);

}  // namespace troupe::sys
