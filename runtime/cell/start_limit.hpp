// The time limit of a start (L2). A start that blocks its thread can't be interrupted, so it is the parent who is told.
//
// Rules
//  SL1 The parent hears once of a start that took too long, as of a start that failed; what it decides (stop, restart)
//      waits in the child's system lane until the start returns.
//  SL2 A start that ended in time is never reported, also when the timer was firing just then: the parent compares the
//      child's incarnation and status in its own turn.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstdint>
#include <troupe/cell/handle.hpp>
#include <troupe/engine/block_pool.hpp>
#include <troupe/engine/timer.hpp>

namespace troupe {

class start_limit;
/// A shared limit.
using start_limit_ptr = boost::intrusive_ptr<start_limit>;

/// Watches one start of one cell (SL1, SL2).
class start_limit final : public engine::timer {
 public:
  /// Limits live in blocks of the pool.
  static void* operator new(std::size_t bytes) { return engine::allocate_bytes(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { engine::free_bytes(memory, bytes); }

  /// Arms the limit for the start that `child` begins now; null when the child has no limit or no parent. In its turn.
  static start_limit_ptr begin(cell& child);

  /// The start is over. In the child's turn.
  void end() noexcept;

  void fired() noexcept override;
  void timer_add_ref() noexcept override { intrusive_ptr_add_ref(this); }
  void timer_release() noexcept override { intrusive_ptr_release(this); }
  friend void intrusive_ptr_add_ref(start_limit* t) noexcept {
    t->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(start_limit* t) noexcept {
    // acq_rel: the last owner sees what the others did with it.
    if (t->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete t;
  }

 private:
  explicit start_limit(cell& child);

  std::atomic<unsigned> references_{0};
  boost::intrusive_ptr<cell> child_;
  const std::uint64_t incarnation_;
};

}  // namespace troupe
