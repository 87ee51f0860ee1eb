// One connection's part of a read budget: what it holds, what of that is covered, and its wait for more.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <troupe/base/limits.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/io/read_budget.hpp>

namespace troupe::io {

/// How a connection takes part in a budget.
struct budget_terms {
  std::shared_ptr<read_budget> from = nullptr;  ///< null: it takes no part
  std::size_t free = 8u << 10;                  ///< bytes that cost nothing (RB1)
  std::size_t loan = 1u << 20;                  ///< the most one message has, for RB5
  duration patience = seconds{5};  ///< how long it waits before it presses (RB3), and again before RB5
};

/// A share (RB1-RB5). Used in its cell's turns only, but for the callbacks, which post to that cell.
class budget_share {
 public:
  /// Who reads.
  class user {
   public:
    /// There is room again after `room` said 0.
    virtual void room_again() = 0;
    /// Others have waited too long (RB3). `waits`: it waits for memory itself, so its client may have sent the rest.
    virtual void memory_short(bool waits) = 0;

   protected:
    ~user() = default;
  };

  budget_share(cell& self, user& who, budget_terms terms);
  ~budget_share();
  budget_share(const budget_share&) = delete;
  budget_share& operator=(const budget_share&) = delete;

  /// How many bytes may be read now. 0: it waits, and `user::room_again` follows (RB2).
  std::size_t room();
  /// Whether it waits for room. What can be read meanwhile is nobody's business (no polling).
  bool waits() const noexcept { return waiting_; }
  /// Bytes were read. REQUIRES: no more than `room`.
  void read(std::size_t bytes) noexcept { held_ += bytes; }
  /// Bytes are no longer held.
  void done(std::size_t bytes);
  /// Gives back what covers nothing.
  void settle();

 private:
  static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t step = limits::read_chunk_bytes;

  template <class F>
  auto in_turn(F then);
  void cover(std::size_t bytes);
  void wait();
  void watch_patience();

  cell& self_;
  user& user_;
  budget_terms terms_;
  std::size_t held_ = 0;     // bytes that were read and are not done
  std::size_t covered_ = 0;  // bytes taken from the budget; held_ <= covered_ + terms_.free
  std::uint64_t place_ = 0;  // among those who wait; kept while it holds something
  bool joined_ = false;
  bool waiting_ = false;
  bool borrowed_ = false;  // RB5: its loan is kept until nothing is held
  bool pressed_ = false;   // during this wait
  cell_timer_ptr patience_;
  std::shared_ptr<bool> alive_;  // made when the first callback needs it
};

}  // namespace troupe::io
