// What a thread runs, where another thread may look: the lookout, when a turn lasts (slow_handlers.hpp).
//
// Rules
//  RN1 Written by its own thread with plain stores. `who` is cleared before the cell gives up its schedule, so a cell that is seen
//      here behind a heavy fence (asymmetric_fence.hpp) has not been run by anybody else since.
#pragma once

#include <atomic>
#include <troupe/engine/message_type.hpp>

namespace troupe {

class cell;

namespace detail {

/// The turn of one thread (RN1).
struct running_turn {
  std::atomic<cell*> who{nullptr};  // release and acquire pair: the cell is complete
  std::atomic<const message_type*> what{
      nullptr};  // of the message; null between messages. relaxed: descriptors are constants
};

extern constinit thread_local running_turn running;

}  // namespace detail
}  // namespace troupe
