// What few cells have: a name, relatives, watchers, a recipe to be restarted from. Made when first needed, so that a cell
// without any of it costs one pointer.
//
// Rules
//  EX1 The name, the family and the bounded part may be used by any thread; name and bounded part are set before the cell is
//      known to others, the family has a lock. All else belongs to the cell's turn.
//  EX2 Extras once made stay until the cell's memory goes. Before, the slot may be `sealed`: no child may come any more.
#pragma once

#include <atomic>
#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <memory>
#include <string>
#include <troupe/cell/address.hpp>
#include <troupe/cell/bounded_part.hpp>
#include <troupe/cell/cell_timer.hpp>
#include <troupe/cell/family.hpp>
#include <troupe/cell/observation.hpp>
#include <troupe/cell/props.hpp>
#include <troupe/cell/start_limit.hpp>
#include <troupe/engine/block_pool.hpp>

namespace troupe {

class handler_wait;

/// What a body keeps in its cell because few bodies need it.
class body_extras {
 public:
  virtual ~body_extras() = default;
};

/// The rare part of a cell (EX1).
struct extras {
  /// While a start is under way, or may be.
  struct first_start {
    start_listener listener;  ///< until it was told
    start_limit_ptr limit;    ///< armed while a start with a limit is under way
    error why;                ///< why it failed, while its children are being stopped
  };

  static void* operator new(std::size_t bytes) { return engine::allocate_bytes(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { engine::free_bytes(memory, bytes); }

  std::string name;                                         ///< empty: it goes by its number
  troupe::family family;                                    ///< the children
  recipe_ptr how;                                           ///< of a cell that can be restarted
  std::unique_ptr<first_start> starting;                    ///< see there
  std::unique_ptr<error> stopped_for;                       ///< what it stops for, when that has a text
  cell_timer_ptr shutdown_timer;                            ///< armed while children are being stopped
  boost::container::small_vector<address_ptr, 1> watchers;  ///< who wants to know when it stops
  std::unique_ptr<boost::unordered_flat_set<std::uint64_t>> watched;  ///< the numbers of those it watches
  std::unique_ptr<body_extras> of_body;                               ///< the body's own
  std::unique_ptr<bounded_part> bounded;                              ///< of a cell with a bounded mailbox
  handler_wait* blocker =
      nullptr;  ///< of the handler, or the start, that is suspended and lets no message in (M7)
  const engine::envelope* looked_to =
      nullptr;                 ///< the newest message that was looked at (cell::look_at_asks)
  std::uint64_t waits = 0;     ///< how many waits have been numbered
  std::unique_ptr<observation> watch;  ///< of a cell that is looked at closely, or paused
  std::shared_ptr<void> seat;  ///< ends its thread, where that is its own; until its final stop
};

/// Where the extras of a cell are, if it has any (EX2).
class extras_slot {
 public:
  extras_slot() = default;
  extras_slot(const extras_slot&) = delete;
  extras_slot& operator=(const extras_slot&) = delete;
  ~extras_slot() { delete get(); }

  /// The extras, null if there are none. Thread-safe.
  extras* get() const noexcept {
    extras* const x = at_.load(std::memory_order_acquire);
    return x == sealed() ? nullptr : x;
  }
  /// The extras, made if there are none; null when the slot is sealed. Thread-safe.
  extras* made_unless_sealed();
  /// The extras, made if there are none. In the cell's turn.
  extras& made();
  /// No child may come any more, or may again. In the cell's turn.
  void close_family(bool yes);

 private:
  // acquire and release pair with each other: what is behind the pointer is complete.
  std::atomic<extras*> at_{nullptr};
  static extras* sealed() noexcept { return reinterpret_cast<extras*>(1); }
};

}  // namespace troupe
