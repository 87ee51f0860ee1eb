// The two lanes of a mailbox.
//
// User lane: an intrusive queue for many senders and one receiver.
// Source: D. Vyukov, Intrusive MPSC node-based queue (2010).
//  MB1 `push` is wait-free: one exchange and one store. Between the two the queue is half-linked: what comes
//      behind the gap is there but can't be reached yet. `pop` then says `busy`, and the receiver gives its
//      turn up (M3: it never spins).
//  MB2 Messages of one sender come out in the order they were pushed (M3). System lane (M9): signals, a stack
//      that the receiver takes whole and turns round.
//  MB3 Signals come out in the order they were pushed.
#pragma once

#include <atomic>
#include <troupe/engine/envelope.hpp>

namespace troupe::engine {

/// What `user_lane::pop` found.
enum class lane_state : std::uint8_t {
  item,   ///< a message
  empty,  ///< nothing
  busy,   ///< a sender is half way through a push; come back
};

/// Many senders, one receiver.
class user_lane {
 public:
  user_lane() noexcept : head_(&stub_), tail_(&stub_) {}
  user_lane(const user_lane&) = delete;
  user_lane& operator=(const user_lane&) = delete;
  ~user_lane() {
    envelope_ptr e;
    while (pop(e) == lane_state::item) e.reset();
  }

  /// Adds at the end. Thread-safe.
  void push(envelope_ptr e) noexcept { push_raw(e.release()); }

  /// Whether nothing is there. Thread-safe once the receiver's last `pop` said `empty`; seq_cst: pairs with
  /// push_raw for the receiver that has just gone idle (cell.cpp, rule C2).
  bool looks_empty() const noexcept { return tail_.load(std::memory_order_seq_cst) == &stub_; }

  /// Takes the first. The receiver only.
  lane_state pop(envelope_ptr& out) noexcept {
    envelope* head = head_;
    // acquire: pairs with the release store in push_raw; what the sender wrote is visible.
    envelope* next = head->next.load(std::memory_order_acquire);
    if (head == &stub_) {
      // seq_cst: pairs with the exchange in push_raw, for the receiver that is about to go idle.
      if (!next)
        return tail_.load(std::memory_order_seq_cst) == &stub_ ? lane_state::empty : lane_state::busy;
      head_ = head = next;
      next = next->next.load(std::memory_order_acquire);
    }
    if (!next) {
      if (head != tail_.load(std::memory_order_seq_cst)) return lane_state::busy;
      // The last one: put the stub behind it so that it can be taken out.
      stub_.next.store(nullptr, std::memory_order_relaxed);
      push_raw(&stub_);
      next = head->next.load(std::memory_order_acquire);
      if (!next) return lane_state::busy;
    }
    head_ = next;
    out.reset(head);
    return lane_state::item;
  }

 private:
  void push_raw(envelope* e) noexcept {
    e->next.store(nullptr, std::memory_order_relaxed);
    // seq_cst exchange: a total order of senders; also pairs with the idle check (cell.cpp, rule C2).
    envelope* const before = tail_.exchange(e, std::memory_order_seq_cst);
    before->next.store(e, std::memory_order_release);
  }

  envelope stub_;
  envelope* head_;               // the receiver's
  std::atomic<envelope*> tail_;  // the senders'
};

/// A list of signals for one receiver. `Signal` has a member `Signal* next`.
template <class Signal>
class system_lane {
 public:
  system_lane() = default;
  system_lane(const system_lane&) = delete;
  system_lane& operator=(const system_lane&) = delete;

  /// Adds at the end. Thread-safe.
  void push(Signal* s) noexcept {
    Signal* before = newest_.load(std::memory_order_relaxed);
    do s->next = before;
    while (!newest_.compare_exchange_weak(before, s, std::memory_order_seq_cst, std::memory_order_relaxed));
  }

  /// Takes all, oldest first, linked through `next`. The receiver only.
  Signal* take_all() noexcept {
    if (empty()) return nullptr;
    Signal* s = newest_.exchange(nullptr, std::memory_order_acq_rel);
    Signal* oldest_first = nullptr;
    while (s) {
      Signal* const before = s->next;
      s->next = oldest_first;
      oldest_first = s;
      s = before;
    }
    return oldest_first;
  }

  /// Whether nothing is there. seq_cst: pairs with push (cell.cpp, rule C2).
  bool empty() const noexcept { return newest_.load(std::memory_order_seq_cst) == nullptr; }

 private:
  std::atomic<Signal*> newest_{nullptr};
};

}  // namespace troupe::engine
