// Where a cell keeps its extras (extras.hpp), and what those who include cell.hpp see of them: that header is compiled with every
// unit of every program.
//
// Rules
//  EX1 The name, the family and the bounded part may be used by any thread; name and bounded part are set before the cell is
//      known to others, the family has a lock. All else belongs to the cell's turn.
//  EX2 Extras once made stay until the cell's memory goes. Before, the slot may be `sealed`: no child may come any more.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace troupe {

/// What a body keeps in its cell because few bodies need it.
class body_extras {
 public:
  virtual ~body_extras() = default;
};

/// What a body lets others see of it, on any thread. It stays with the cell, over restarts.
class body_display {
 public:
  virtual ~body_display() = default;
};

class handler_wait;

/// What others ask of the extras on their way.
struct extras_front {
  std::string name;                      ///< empty: it goes by its number
  std::unique_ptr<body_extras> of_body;  ///< the body's own
  handler_wait* blocker =
      nullptr;              ///< of the handler, or the start, that is suspended and lets no message in (M7)
  std::uint64_t waits = 0;  ///< how many waits have been numbered
};

struct extras;

/// Where the extras of a cell are, if it has any (EX2).
class extras_slot {
 public:
  extras_slot() = default;
  extras_slot(const extras_slot&) = delete;
  extras_slot& operator=(const extras_slot&) = delete;
  ~extras_slot();

  /// The extras, null if there are none. Thread-safe. Include extras.hpp to use it.
  extras* get() const noexcept;
  /// The same, as far as it is known here. Thread-safe.
  extras_front* front() const noexcept {
    extras_front* const x = at_.load(std::memory_order_acquire);
    return x == sealed() ? nullptr : x;
  }
  /// The extras, made if there are none; null when the slot is sealed. Thread-safe.
  extras* made_unless_sealed();
  /// The extras, made if there are none. In the cell's turn.
  extras& made();
  /// The same, as far as it is known here. In the cell's turn.
  extras_front& made_front();
  /// No child may come any more, or may again. In the cell's turn.
  void close_family(bool yes);

 private:
  // acquire and release pair with each other: what is behind the pointer is complete.
  std::atomic<extras_front*> at_{nullptr};
  static extras_front* sealed() noexcept { return reinterpret_cast<extras_front*>(1); }
};

}  // namespace troupe
