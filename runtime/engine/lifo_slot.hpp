// The place of the runnable that a worker made ready last, which it runs next (P1). It belongs to one thread, which goes to it
// with every message; somebody else takes from it once in a while (P8). So the owner pays no atomic operation, and the other one
// pays for both.
//
// | who        | may call        |
// |------------|-----------------|
// | the owner  | put, take       |
// | the others | rescue          |
//
// Rules
//  LS1 The slot changes in two ways only: the owner fills an empty one (a store, which nobody else does), or it is emptied, by one
//      of the two at a time.
//  LS2 The owner that empties says that it is busy, then looks whether it is being rescued; who rescues says so, then looks whether
//      the owner is busy. Between the two stands the pair of asymmetric_fence.hpp (AF1), so one of them sees the other: a
//      rescuer leaves the slot alone then, and an owner waits for the lock until the rescuer has gone.
//  LS3 A rescue is an offer: it may come back with nothing although the slot is full, when the owner is at work on it anyway.
#pragma once

#include <mutex>
#include <troupe/engine/atomics.hpp>

namespace troupe::engine {

/// One place for a pointer to a `Runnable`.
template <class Runnable, class Atomics = real_atomics>
class lifo_slot {
 public:
  lifo_slot() noexcept = default;
  lifo_slot(const lifo_slot&) = delete;
  lifo_slot& operator=(const lifo_slot&) = delete;

  /// Whether there is nothing in it: for the owner, that a `take` would be in vain.
  bool empty() const noexcept { return !slot_.load(std::memory_order_relaxed); }

  /// Puts `r` in; what was there, null if nothing was. The owner only.
  Runnable* put(Runnable* r) noexcept {
    Runnable* const older = empty() ? nullptr : take();
    slot_.store(r, std::memory_order_release);  // pairs with the load of `rescue`
    return older;
  }

  /// Takes out what is there, null if nothing is. The owner only.
  Runnable* take() noexcept {
    busy_.store(true, std::memory_order_relaxed);
    Atomics::light_fence();  // LS2
    // acquire: pairs with the release of a rescuer that has gone.
    if (rescued_.load(std::memory_order_acquire)) [[unlikely]] {
      const std::lock_guard wait_for_it{mutex_};
    }
    Runnable* const r = slot_.load(std::memory_order_relaxed);
    slot_.store(nullptr, std::memory_order_relaxed);
    busy_.store(false, std::memory_order_release);  // pairs with the load of `rescue`
    return r;
  }

  /// Takes out what is there, unless the owner is at it. Thread-safe.
  Runnable* rescue() noexcept {
    if (empty()) return nullptr;  // relaxed: a hint, taken again below
    const std::lock_guard one_at_a_time{mutex_};
    rescued_.store(true, std::memory_order_relaxed);
    Atomics::heavy_fence();  // LS2
    Runnable* r = nullptr;
    if (!busy_.load(std::memory_order_acquire)) {  // pairs with the release of `take`
      r = slot_.load(
          std::memory_order_acquire);  // pairs with the release of `put`: what it made ready is visible
      if (r) slot_.store(nullptr, std::memory_order_relaxed);  // LS1: an empty one is the owner's to fill
    }
    rescued_.store(false, std::memory_order_release);  // pairs with the acquire of `take`
    return r;
  }

 private:
  typename Atomics::template atomic<Runnable*> slot_{nullptr};
  typename Atomics::template atomic<bool> busy_{false};     // written by the owner
  typename Atomics::template atomic<bool> rescued_{false};  // written under the lock
  typename Atomics::mutex mutex_;
};

}  // namespace troupe::engine
