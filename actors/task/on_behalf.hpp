// On whose behalf a coroutine runs, as far as its chain of awaits shows it: a handler, or nobody in particular.
//
// Rules
//  BH1 A coroutine that is awaited runs for whoever its awaiter runs for. It is handed on from frame to frame, so no resumption can
//      mix it up; a coroutine type of a user's own in between ends it, which is safe: its waits are not looked at (M7).
#pragma once

#include <coroutine>
#include <troupe/cell/handler_wait.hpp>
#include <type_traits>

namespace troupe::detail {

/// Base of the promises of this room.
struct on_behalf {
  handler_wait* of = nullptr;  ///< the wait of the handler; null for nobody
};

/// On whose behalf the coroutine behind `h` runs (BH1).
template <class Promise>
handler_wait* behalf_of(std::coroutine_handle<Promise> h) noexcept {
  if constexpr (std::is_base_of_v<on_behalf, Promise>)
    return h.promise().of;
  else
    return nullptr;
}

}  // namespace troupe::detail
