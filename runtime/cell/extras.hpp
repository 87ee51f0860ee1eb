// What few cells have: a name, relatives, watchers, a recipe to be restarted from. Made when first needed, so that a cell
// without any of it costs one pointer. Rules: extras_slot.hpp. For the code of cells alone; what all who include cell.hpp need
// is in extras_slot.hpp.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <troupe/cell/address.hpp>
#include <troupe/cell/body.hpp>
#include <troupe/cell/bounded_part.hpp>
#include <troupe/cell/cell_timer.hpp>
#include <troupe/cell/extras_slot.hpp>
#include <troupe/cell/family.hpp>
#include <troupe/cell/link_list.hpp>
#include <troupe/cell/observation.hpp>
#include <troupe/cell/prioritized_part.hpp>
#include <troupe/cell/props.hpp>
#include <troupe/cell/start_limit.hpp>
#include <troupe/cell/watcher_list.hpp>
#include <troupe/engine/block_pool.hpp>
#include <vector>

namespace troupe {

/// The actors that one watches by the numbers that their ends will carry, and, unless they are its children, how it takes that back.
using watched_actors = boost::unordered_flat_map<std::uint64_t, address_ptr>;

/// The rare part of a cell (EX1).
struct extras : extras_front {
  /// While a start is under way, or may be.
  struct first_start {
    start_listener listener;  ///< until it was told
    start_limit_ptr limit;    ///< armed while a start with a limit is under way
    error why;                ///< why it failed, while its children are being stopped
    first_judgement judged;   ///< what is known of its exception
  };

  extras() = default;
  ~extras() { delete shown.load(std::memory_order_relaxed); }
  static void* operator new(std::size_t bytes) { return engine::allocate_bytes(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { engine::free_bytes(memory, bytes); }

  troupe::family family;                  ///< the children
  recipe_ptr how;                         ///< of a cell that can be restarted
  bool goes_down = false;                 ///< to be held, not made anew, once its children are gone
  failure_rules_ptr rules;                ///< of one whose parent has said what to do about what
  std::unique_ptr<first_start> starting;  ///< see there
  std::unique_ptr<error> stopped_for;     ///< what it stops for, when that has a text
  cell_timer_ptr shutdown_timer;          ///< armed while children are being stopped
  watcher_list watchers;                  ///< who wants to know when it stops
  link_list links;                        ///< whose end is its own
  std::unique_ptr<std::vector<address_ptr>> restart_watchers;  ///< who wants to know of its restarts (S8)
  std::unique_ptr<carried_state> carried;         ///< from the old body to the new one, between the two
  std::unique_ptr<watched_actors> watched;        ///< those it watches
  std::unique_ptr<bounded_part> bounded;          ///< of a cell with a bounded mailbox
  std::unique_ptr<prioritized_part> prioritized;  ///< of one with a prioritized mailbox
  const engine::envelope* looked_to =
      nullptr;                         ///< the newest message that was looked at (cell::look_at_asks)
  std::unique_ptr<observation> watch;  ///< of a cell that is looked at closely, or paused
  // Once set it stays: release and acquire pair with each other.
  std::atomic<body_display*> shown{nullptr};  ///< what the body lets others see
  std::shared_ptr<void> seat;  ///< ends its thread, where that is its own; until its final stop
};

inline extras* extras_slot::get() const noexcept { return static_cast<extras*>(front()); }

}  // namespace troupe
