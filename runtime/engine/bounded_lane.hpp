// The user lane of a bounded mailbox (M8): a ring of fixed memory between many senders and one receiver, from which a sender
// may take the oldest too.
//
// Each slot is one word that holds a node and the round it was last used in, so that a slot says by itself whether it is free
// for the position a thread has in mind:
//
//   position p, of round p / capacity, has the slot p % capacity
//
//   the slot's word             to a push at p         to a pop at p
//   no node, round of p         free: put it there     nothing has been pushed here: empty
//   a node,  round of p         taken: move the tail   the oldest: take it
//   any,     a later round      taken: move the tail   taken: move the head
//   a node,  round of p - 1     full: reject, or put   cannot be
//                               it there instead
//
// A position is passed only after its slot has been used for it. So a slot that has not been used for p says that the tail, or
// the head, is still at p: what follows from the word alone is so at the moment in which it is read.
//
// Rules
//  BR1 A push and a pop are one compare-exchange of a slot each: no node is ever half-linked, and nobody waits for anybody
//      (M3). Head and tail follow; whoever finds one behind moves it on.
//  BR2 Nodes come out in the order in which they went in (M3), each to exactly one of those who pop.
//  BR3 There are never more than `capacity` nodes. A push that says "full" has seen `capacity` nodes at one moment, a pop that
//      says "empty" none.
//  BR4 What was pushed before `end()` was read, as its reader can tell, is in front of the position that it returned.
//  BR5 A round is kept modulo 2^20. A thread that is cut off inside a push for exactly that many rounds could take a slot for
//      free that is not its turn yet; that is a wait of at least four million messages to the same receiver.
//  BR6 Where it is full, the slot for the newest is that of the oldest: one exchange puts the one in the place of the other, so
//      nothing is dropped although there is room.
//
// Source: the array queue of Shann, Huang and Chen: A Practical Nonblocking Queue Algorithm Using Compare-and-Swap (2000), with
// the node and its count in one word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <troupe/engine/atomics.hpp>
#include <troupe/engine/node_word.hpp>

namespace troupe::engine {

/// A ring of nodes. All functions are thread-safe. `Node` has a member `Node* next` and is aligned as node_word.hpp says.
template <class Node, class Atomics = real_atomics>
class bounded_lane {
 public:
  /// REQUIRES: `capacity` is at least 1.
  explicit bounded_lane(std::size_t capacity)
      : capacity_(capacity), slots_(std::make_unique<slot[]>(capacity)) {}
  bounded_lane(const bounded_lane&) = delete;
  bounded_lane& operator=(const bounded_lane&) = delete;

  /// Adds at the end. False: it is full, and the node still the caller's (BR3).
  bool push(Node* n) noexcept { return put(n, false).done; }

  /// Adds at the end; where it is full, in the place of the oldest, which is returned (BR6). Null: there was room.
  Node* push_over(Node* n) noexcept { return put(n, true).instead_of; }

  /// Takes the oldest, null if there is none (BR3).
  Node* pop() noexcept {
    for (;;) {
      const std::uint64_t p = head_.load(std::memory_order_acquire);
      slot& at = slots_[p % capacity_];
      const word old = at.load(std::memory_order_acquire);
      const word d = difference(old, p);
      if (d == same && node_of(old)) {
        if (!exchange(at, old, round_of(p + capacity_))) continue;
        pass(head_, p);
        return node_of(old);
      }
      if (d == same) return nullptr;
      if (is_ahead(d)) pass(head_, p);
    }
  }

  /// What waits at position `p`; null when it has been popped, or is not there yet. By the receiver, where nobody else takes nodes
  /// out: it stays there.
  Node* at(std::uint64_t p) const noexcept {
    const word w = slots_[p % capacity_].load(std::memory_order_acquire);  // pairs with `exchange`
    return difference(w, p) == same ? node_of(w) : nullptr;
  }

  /// The position behind what has been pushed so far (BR4).
  std::uint64_t end() const noexcept { return tail_.load(std::memory_order_acquire); }
  /// The position of the oldest, or one that has been popped already.
  std::uint64_t begin() const noexcept { return head_.load(std::memory_order_acquire); }

  /// How many there are, as of now: a figure.
  std::size_t count() const noexcept {
    // relaxed: a figure; the two are not of one moment.
    const std::uint64_t head = head_.load(std::memory_order_relaxed);
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    const std::uint64_t there = tail > head ? tail - head : 0;
    return there < capacity_ ? static_cast<std::size_t>(there) : capacity_;
  }

  /// The most there can be.
  std::size_t capacity() const noexcept { return capacity_; }

 private:
  // The spare bits the round, the others the node (node_word.hpp).
  using word = std::uint64_t;
  using slot = typename Atomics::template atomic<word>;
  using position = typename Atomics::template atomic<std::uint64_t>;
  static constexpr word round_mask = (word{1} << node_spare_bits) - 1;
  static constexpr word same = 0;
  static constexpr word behind = round_mask;

  static word word_of(Node* n) noexcept { return word_of_node(n); }
  static Node* node_of(word w) noexcept { return node_of_word<Node>(w); }
  word round_of(std::uint64_t p) const noexcept { return p / capacity_ & round_mask; }
  /// By how many rounds the word is ahead of position `p`.
  word difference(word w, std::uint64_t p) const noexcept { return (w - round_of(p)) & round_mask; }

  /// By any number of rounds: where the oldest are dropped, the head may be late by as many.
  static bool is_ahead(word d) noexcept { return d != same && d <= round_mask / 2; }

  struct outcome {
    bool done;
    Node* instead_of = nullptr;
  };

  outcome put(Node* n, bool over_oldest) noexcept {
    for (;;) {
      // acquire, here and below: a later read is not older than this one; the word and the position must belong together.
      const std::uint64_t p = tail_.load(std::memory_order_acquire);
      slot& at = slots_[p % capacity_];
      const word old = at.load(std::memory_order_acquire);
      const word d = difference(old, p);
      if (d == same && !node_of(old)) {
        if (!exchange(at, old, word_of(n) | round_of(p))) continue;
        pass(tail_, p);
        return {true};
      }
      if (d == same || is_ahead(d)) {
        pass(tail_, p);
        continue;
      }
      if (d != behind) continue;
      if (!over_oldest) return {false};
      if (!exchange(at, old, word_of(n) | round_of(p))) continue;
      pass(head_, p - capacity_);
      pass(tail_, p);
      return {true, node_of(old)};
    }
  }

  /// release: what the sender wrote is seen by the pop that takes it; acquire: what was taken is the caller's.
  static bool exchange(slot& at, word old, word now) noexcept {
    return at.compare_exchange_strong(old, now, std::memory_order_acq_rel, std::memory_order_relaxed);
  }

  /// Moves a position on to behind `p`, unless it is there already: all up to `p` have been passed. acq_rel: whoever acts on
  /// the position sees the slots that it has passed (BR4).
  static void pass(position& at, std::uint64_t p) noexcept {
    std::uint64_t seen = p;
    while (!at.compare_exchange_weak(seen, p + 1, std::memory_order_acq_rel, std::memory_order_relaxed))
      if (seen > p) return;
  }

  const std::size_t capacity_;
  const std::unique_ptr<slot[]> slots_;
  alignas(64) position tail_{0};  // senders
  alignas(64) position head_{0};  // the receiver, and senders that take the oldest
};

}  // namespace troupe::engine
