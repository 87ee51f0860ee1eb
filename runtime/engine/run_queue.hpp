// A worker's own queue: a ring from which others steal half.
// Source: the runqueue of Go's scheduler (runqput, runqgrab), as also used by tokio.
//
// | who            | may call                      |
// |----------------|-------------------------------|
// | its owner      | all but being the victim      |
// | other workers  | steal_from (as victim), empty |
//
// Rules
//  RQ1 First in, first out: a runnable that has used its turn up waits behind all others.
//  RQ2 `tail_` is written by the owner only. Whoever advances `head_` by a compare-exchange owns the entries it passed;
//      what a thief copied before its exchange failed is thrown away.
//  RQ3 The owner writes an entry only when the ring has room behind `head_`, so an entry that somebody may still win is
//      never overwritten.
//  RQ4 A push is seq_cst: it pairs with the second look of a worker that is about to park (scheduler.hpp, P2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <troupe/engine/atomics.hpp>

namespace troupe::engine {

/// A ring of pointers to `T`.
template <class T, std::size_t Capacity = 256, class Atomics = real_atomics>
class run_queue {
  static_assert((Capacity & (Capacity - 1)) == 0, "a power of two");

 public:
  static constexpr std::size_t capacity = Capacity;

  run_queue() = default;
  run_queue(const run_queue&) = delete;
  run_queue& operator=(const run_queue&) = delete;

  /// Adds at the end. False: it is full. The owner only.
  bool push(T* r) noexcept {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    // acquire: pairs with the exchange of a thief; it has read the entries it passed (RQ3).
    if (tail - head_.load(std::memory_order_acquire) >= Capacity) return false;
    entry(tail).store(r, std::memory_order_relaxed);
    tail_.store(tail + 1, std::memory_order_seq_cst);  // RQ4; release: the entry is there
    return true;
  }

  /// Takes the first, null if there is none. The owner only.
  T* pop() noexcept {
    std::uint64_t head = head_.load(std::memory_order_relaxed);
    for (;;) {
      if (head == tail_.load(std::memory_order_relaxed)) return nullptr;
      T* const r = entry(head).load(std::memory_order_relaxed);
      // release: pairs with the acquire in push; relaxed on failure: only a thief can have been faster.
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel, std::memory_order_relaxed))
        return r;
    }
  }

  /// Adds all of them in their order; they fit: the queue is empty. The owner only.
  void fill(std::span<T* const> all) noexcept {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < all.size(); ++i) entry(tail + i).store(all[i], std::memory_order_relaxed);
    tail_.store(tail + all.size(), std::memory_order_seq_cst);  // as in push
  }

  /// Takes the older half of a full queue into `out`, in their order; returns how many it took: none, when a thief was faster and
  /// there is room now. The owner only.
  std::size_t take_half(std::span<T*, Capacity / 2> out) noexcept {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    std::uint64_t head = head_.load(std::memory_order_relaxed);
    if (tail - head != Capacity) return 0;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = entry(head + i).load(std::memory_order_relaxed);
    // RQ2; release: pairs with the acquire in push.
    return head_.compare_exchange_strong(head, head + out.size(), std::memory_order_acq_rel,
                                         std::memory_order_relaxed)
               ? out.size()
               : 0;
  }

  /// Takes half of what `victim` has, at least one: returns the first, the rest is in this queue. Null: it had nothing. The
  /// owner of this queue only, which is empty.
  T* steal_from(run_queue& victim) noexcept {
    // acquire: pairs with the seq_cst store in push; the entries before `tail` are there.
    std::uint64_t head = victim.head_.load(std::memory_order_acquire);
    const std::uint64_t my_tail = tail_.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint64_t tail = victim.tail_.load(std::memory_order_acquire);
      const std::uint64_t there = tail - head;
      if (there == 0 || there > Capacity) {
        if (there == 0) return nullptr;
        head = victim.head_.load(std::memory_order_acquire);  // head is older than tail: read both again
        continue;
      }
      const std::uint64_t count = there - there / 2;
      for (std::uint64_t i = 0; i + 1 < count; ++i)
        entry(my_tail + i)
            .store(victim.entry(head + 1 + i).load(std::memory_order_relaxed), std::memory_order_relaxed);
      T* const first = victim.entry(head).load(std::memory_order_relaxed);
      // release: pairs with the acquire in push (RQ3); acquire: what the winner before us did.
      if (victim.head_.compare_exchange_weak(head, head + count, std::memory_order_acq_rel,
                                             std::memory_order_acquire)) {
        if (count > 1) tail_.store(my_tail + count - 1, std::memory_order_seq_cst);
        return first;
      }
    }
  }

  /// Whether it looks empty from here. seq_cst: RQ4.
  bool empty() const noexcept {
    return head_.load(std::memory_order_seq_cst) == tail_.load(std::memory_order_seq_cst);
  }

 private:
  using slot = typename Atomics::template atomic<T*>;
  slot& entry(std::uint64_t i) noexcept { return entries_[i & (Capacity - 1)]; }

  alignas(64) typename Atomics::template atomic<std::uint64_t> head_{0};  // thieves and the owner
  alignas(64) typename Atomics::template atomic<std::uint64_t> tail_{0};  // the owner
  std::array<slot, Capacity> entries_{};
};

}  // namespace troupe::engine
