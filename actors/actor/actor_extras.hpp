// What an actor needs once it does more than handle messages: asks of its own, suspended handlers, timers, a stash, held replies. Made
// when first needed and kept in its cell until the object goes.
#pragma once

#include <deque>
#include <troupe/actor/adapter_list.hpp>
#include <troupe/actor/keyed_timers.hpp>
#include <troupe/actor/open_asks.hpp>
#include <troupe/actor/receive_timeout.hpp>
#include <troupe/actor/timer_handle.hpp>
#include <troupe/cell/extras_slot.hpp>
#include <troupe/engine/block_pool.hpp>
#include <troupe/engine/envelope.hpp>
#include <troupe/task/activity.hpp>
#include <vector>

namespace troupe::detail {

/// See above. Used in the actor's turns only.
struct actor_extras final : body_extras {
  /// A request whose reply leaves at the end of the turn (AC3).
  struct held {
    engine::envelope_ptr request;
    engine::envelope_ptr answer;
  };

  static void* operator new(std::size_t bytes) { return engine::allocate_bytes(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { engine::free_bytes(memory, bytes); }

  open_asks asks;  // before the activities: their frames take their asks off it
  activity_list activities;
  std::vector<held> held_back;
  std::vector<timer_handle> timers;  // those that may still fire, and some that are over
  std::size_t timers_swept = 0;      // how many were left at the last sweep
  keyed_timers keyed;
  std::deque<engine::envelope_ptr> stash;
  receive_timeout idle;
  adapter_list adapters;
};

}  // namespace troupe::detail
