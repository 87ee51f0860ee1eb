// A lock that belongs to one thread. Its owner goes in and out with every message and pays no atomic operation; somebody else
// claims it once in a while, and pays for both.
//
// | who        | may call        |
// |------------|-----------------|
// | the owner  | enter, leave    |
// | the others | claim, unclaim  |
//
// Rules
//  BI1 One at a time is inside: the owner between `enter` and `leave`, or one other between a `claim` that succeeded and `unclaim`.
//      Each sees what those before it did inside.
//  BI2 The owner that enters says that it is inside, then looks for a claim; who claims says so, then looks whether the owner is
//      inside. Between the two stands the pair of asymmetric_fence.hpp (AF1), so one of them sees the other: the claim fails then,
//      and the owner waits for the claim's end.
//  BI3 Nobody waits for the owner: a claim that meets it fails.
#pragma once

#include <mutex>
#include <troupe/engine/atomics.hpp>

namespace troupe::engine {

/// The lock. Destroy it when nobody is inside.
template <class Atomics = real_atomics>
class biased_lock {
 public:
  biased_lock() noexcept = default;
  biased_lock(const biased_lock&) = delete;
  biased_lock& operator=(const biased_lock&) = delete;

  /// Goes in; waits for the end of a claim. The owner only.
  void enter() noexcept {
    inside_.store(true, std::memory_order_relaxed);
    Atomics::light_fence();  // BI2
    // acquire: pairs with the release of `unclaim`.
    if (claimed_.load(std::memory_order_acquire)) [[unlikely]]
      wait_for_claim();
  }

  /// Goes out. The owner only.
  void leave() noexcept {
    inside_.store(false, std::memory_order_release);
  }  // pairs with the load of `claim`

  /// Goes in, unless the owner is inside (BI3). Others than the owner.
  bool claim() noexcept {
    mutex_.lock();
    claimed_.store(true, std::memory_order_relaxed);
    Atomics::heavy_fence();                                     // BI2
    if (!inside_.load(std::memory_order_acquire)) return true;  // pairs with the release of `leave`
    unclaim();
    return false;
  }

  /// Goes out after a claim that succeeded.
  void unclaim() noexcept {
    claimed_.store(false, std::memory_order_release);  // pairs with the acquire of `enter`
    mutex_.unlock();
  }

 private:
  [[gnu::noinline]] void wait_for_claim() noexcept {
    mutex_.lock();
    mutex_.unlock();
  }

  typename Atomics::template atomic<bool> inside_{false};   // written by the owner
  typename Atomics::template atomic<bool> claimed_{false};  // written under the lock
  typename Atomics::mutex mutex_;                           // held by whoever claims
};

}  // namespace troupe::engine
