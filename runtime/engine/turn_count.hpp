// How many turns wait or run on the threads that no port parks (blocking_pool, pinned_thread). With the parked threads, which a
// platform knows, it tells a test that a system has nothing left to do.
//
// Rules
//  TN1 A turn counts from before it is queued until it is over. What it queues in its course, wherever, is queued before it
//      stops counting: at zero none of these threads works, nor has given work to anybody who is not seen at it.
//  TN2 The listener is told each time the count falls to zero, after it has, on the thread that ended the last turn and
//      without a lock. It lives as long as the threads.
#pragma once

#include <atomic>
#include <cstdint>

namespace troupe::engine {

/// Wants to know when there is nothing left to do.
class idle_listener {
 public:
  /// The last turn is over (TN2). Must be quick.
  virtual void idle() noexcept = 0;

 protected:
  ~idle_listener() = default;
};

/// The count (TN1, TN2). Thread-safe.
class turn_count {
 public:
  /// A turn is about to be queued.
  void begin() noexcept { turns_.fetch_add(1, std::memory_order_seq_cst); }

  /// A turn is over.
  void end() noexcept {
    // seq_cst: who waits for zero looks, then waits; here it is zero, then told.
    if (turns_.fetch_sub(1, std::memory_order_seq_cst) != 1) return;
    // acquire: pairs with the release in `listen`.
    if (idle_listener* const told = listener_.load(std::memory_order_acquire)) told->idle();
  }

  /// Whether no turn waits or runs, as of now.
  bool none() const noexcept { return turns_.load(std::memory_order_seq_cst) == 0; }

  /// Has `told` told from now on (TN2). Once.
  void listen(idle_listener& told) noexcept { listener_.store(&told, std::memory_order_release); }

 private:
  std::atomic<std::uint64_t> turns_{0};
  std::atomic<idle_listener*> listener_{nullptr};
};

}  // namespace troupe::engine
