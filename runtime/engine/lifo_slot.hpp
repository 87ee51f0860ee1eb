// The place of the runnable that a worker made ready last, which it runs next (P1). It belongs to one thread, which goes to it
// with every message; somebody else takes from it once in a while (P8).
//
// | who        | may call        |
// |------------|-----------------|
// | the owner  | put, take       |
// | the others | rescue          |
//
// Rules
//  LS1 The slot changes in two ways only: the owner fills an empty one, which nobody else does and which needs no lock, or it is
//      emptied, by whoever holds its lock (biased_lock.hpp).
//  LS2 A rescue is an offer: it may come back with nothing although the slot is full, when the owner is at work on it anyway.
#pragma once

#include <troupe/engine/biased_lock.hpp>

namespace troupe::engine {

/// One place for a pointer to a `Runnable`.
template <class Runnable, class Atomics = real_atomics>
class lifo_slot {
 public:
  /// Whether there is nothing in it: for the owner, that a `take` would be in vain.
  bool empty() const noexcept { return !slot_.load(std::memory_order_relaxed); }

  /// Puts `r` in; what was there, null if nothing was. The owner only.
  Runnable* put(Runnable* r) noexcept {
    Runnable* const older = empty() ? nullptr : take();
    slot_.store(r, std::memory_order_release);  // pairs with the load of `rescue`
    return older;
  }

  /// Puts `r` in if there is nothing. The owner only.
  bool put_if_empty(Runnable* r) noexcept {
    if (!empty()) return false;
    slot_.store(r, std::memory_order_release);  // as in `put`
    return true;
  }

  /// Takes out what is there, null if nothing is. The owner only.
  Runnable* take() noexcept {
    lock_.enter();
    Runnable* const r = slot_.load(std::memory_order_relaxed);
    slot_.store(nullptr, std::memory_order_relaxed);
    lock_.leave();
    return r;
  }

  /// Takes out what is there, unless the owner is at it (LS2). Thread-safe.
  Runnable* rescue() noexcept {
    if (empty() || !lock_.claim()) return nullptr;
    Runnable* const r = slot_.load(std::memory_order_acquire);  // pairs with the release of `put`
    // LS1: an empty one is the owner's to fill.
    if (r) slot_.store(nullptr, std::memory_order_relaxed);
    lock_.unclaim();
    return r;
  }

 private:
  typename Atomics::template atomic<Runnable*> slot_{nullptr};
  biased_lock<Atomics> lock_;
};

}  // namespace troupe::engine
