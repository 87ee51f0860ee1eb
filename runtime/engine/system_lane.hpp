// The system lane of a mailbox (M9): signals, a stack that the receiver takes whole and turns round.
//
// Rules
//  SL1 Signals come out in the order they were pushed.
//  SL2 A push comes before `inbox::wake`, whose release makes it visible to the receiver that sees the mark (IN4).
#pragma once

#include <troupe/engine/atomics.hpp>

namespace troupe::engine {

/// A list of signals for one receiver. `Signal` has a member `Signal* next`.
template <class Signal, class Atomics = real_atomics>
class system_lane {
 public:
  system_lane() = default;
  system_lane(const system_lane&) = delete;
  system_lane& operator=(const system_lane&) = delete;

  /// Adds at the end. Thread-safe.
  void push(Signal* s) noexcept {
    Signal* before = newest_.load(std::memory_order_relaxed);
    // release: pairs with the acquire in take_all.
    do s->next = before;
    while (!newest_.compare_exchange_weak(before, s, std::memory_order_release, std::memory_order_relaxed));
  }

  /// Takes all, oldest first, linked through `next`. For the receiver; once it is gone, for anyone.
  Signal* take_all() noexcept {
    if (empty()) return nullptr;
    // acquire: pairs with the release in push; what the sender wrote is the receiver's.
    return turned_round(newest_.exchange(nullptr, std::memory_order_acq_rel));
  }

  /// Takes all and leaves `mark` there instead, in one step: it is never seen empty. For who refuses signals of a receiver that is there
  /// still (cell/kill.cpp).
  Signal* take_all_but(Signal* mark) noexcept {
    mark->next = nullptr;
    // acquire, release: as in take_all, and as in push.
    return turned_round(newest_.exchange(mark, std::memory_order_acq_rel));
  }

  /// Whether nothing is there, as of now. A hint for the receiver, which looks again when it is marked (SL2).
  bool empty() const noexcept { return newest_.load(std::memory_order_relaxed) == nullptr; }

 private:
  static Signal* turned_round(Signal* s) noexcept {
    Signal* oldest_first = nullptr;
    while (s) {
      Signal* const before = s->next;
      s->next = oldest_first;
      oldest_first = s;
      s = before;
    }
    return oldest_first;
  }

  typename Atomics::template atomic<Signal*> newest_{nullptr};
};

}  // namespace troupe::engine
