// A bounded mailbox (M8): the ring of bounded_lane.hpp beside an inbox, which says who schedules the receiver, and takes what
// has no bound: `terminated` and whatever else is not counted (M9, L4).
//
// Rules
//  BM1 A counted node goes into the ring; then its sender nudges the inbox (IN7). So a receiver that sleeps has seen an empty
//      ring, and a deaf one hears of nothing.
//  BM2 Nothing is lost at the close. A sender whose nudge is refused empties the ring: its own node has been taken by somebody
//      who gives it up, or it is taken now. A sender whose nudge came before the close has pushed before the receiver empties
//      the ring. Whoever takes a node there gives it up as undeliverable.
//  BM3 An uncounted node goes through the inbox, whatever the ring holds. The receiver runs it behind all that was in the ring
//      when it took it out of the inbox: so behind whatever its sender had sent before (M9).
//  BM4 Nodes of one sender come out in the order they were posted (M3), counted or not, but for a counted one that was posted
//      behind an uncounted one: that may come before it.
//  BM5 The receiver takes one node at a time: while it is in a long handler, the ring is all there is, and all that a sender
//      that drops the oldest has to choose from.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <troupe/engine/bounded_lane.hpp>
#include <troupe/engine/inbox.hpp>
#include <utility>

namespace troupe::engine {

/// What became of a post.
enum class posted : std::uint8_t {
  queued,         ///< its receiver is at work, or will be
  must_schedule,  ///< the caller has to schedule the receiver (IN3)
  full,           ///< there is no room
  refused,        ///< closed
};

/// Nodes that nobody will run, and what became of the post that yields them.
template <class Node>
struct post_outcome {
  posted how;
  /// For the caller to give up, linked through `next`, the oldest first. `queued`, `must_schedule`: dropped for the new node.
  /// `full`: the new node. `refused`: all that was left, the new node perhaps among them.
  Node* undelivered = nullptr;
};

/// The bounded part of a mailbox. `Node` as for inbox and bounded_lane.
template <class Node, class Atomics = real_atomics>
class bounded_mailbox {
 public:
  using inbox_type = inbox<Node, Atomics>;

  /// REQUIRES: `capacity` is at least 1. `drops`: a post to a full one drops the oldest.
  bounded_mailbox(std::size_t capacity, bool drops) : lane_(capacity), drops_(drops) {}

  /// Posts a node to the receiver whose inbox is `shared`. Thread-safe.
  post_outcome<Node> post(inbox_type& shared, Node* n) noexcept {
    n->next = nullptr;
    if (!n->counted) return by_inbox(shared, n);
    Node* dropped = nullptr;
    if (drops_)
      dropped = lane_.push_over(n);
    else if (!lane_.push(n))
      return {posted::full, n};
    if (dropped) dropped->next = nullptr;
    switch (shared.nudge()) {
      case inbox_type::woken::at_work:
        return {posted::queued, dropped};
      case inbox_type::woken::must_schedule:
        return {posted::must_schedule, dropped};
      default:
        return {posted::refused, with_rest(dropped)};  // BM2
    }
  }

  /// Takes the next node to run, null if there is none: then the receiver may try to sleep. The receiver only, while
  /// scheduled; it looks at its signals afterwards (IN4).
  Node* next(inbox_type& shared) noexcept {
    if (!late_) {
      late_ = shared.take().first;
      if (late_) late_after_ = lane_.end();  // BM3
    }
    if (late_ && lane_.begin() >= late_after_) return first_of_late();
    if (Node* const n = lane_.pop()) return n;
    return late_ ? first_of_late() : nullptr;
  }

  /// Puts a counted node in without a nudge. False: it is full. The receiver only, while scheduled.
  bool admit(Node* n) noexcept {
    n->next = nullptr;
    return lane_.push(n);
  }

  /// Calls `f(node)` for each node of the ring that it has not been called for yet; all stay where they are. The receiver only, and
  /// not where senders drop the oldest: they might take it away meanwhile.
  template <class F>
  void look(F f) {
    for (looked_to_ = std::max(looked_to_, lane_.begin()); looked_to_ < lane_.end(); ++looked_to_)
      if (Node* const n = lane_.at(looked_to_)) f(*n);
  }

  /// Whether senders drop the oldest when it is full.
  bool drops_oldest() const noexcept { return drops_; }

  /// Takes all there is once the inbox has been closed and gave out `left`, linked through `next`: what is undeliverable
  /// (BM2). The receiver only.
  Node* close(taken<Node> left) noexcept {
    Node* const first = std::exchange(late_, nullptr);
    if (!first) return with_rest(left.first);
    last_of(first)->next = left.first;
    return with_rest(first);
  }

  /// Takes what is in the ring once the inbox is closed, linked through `next`, as a sender does whose nudge was refused (BM2).
  /// Thread-safe.
  Node* take_rest() noexcept { return with_rest(nullptr); }

  /// Counted nodes that wait, as of now (M8). Thread-safe.
  std::size_t count() const noexcept { return lane_.count(); }
  /// The most there can be.
  std::size_t capacity() const noexcept { return lane_.capacity(); }

 private:
  static post_outcome<Node> by_inbox(inbox_type& shared, Node* n) noexcept {
    switch (shared.push(n)) {
      case pushed::must_schedule:
        return {posted::must_schedule};
      case pushed::refused:
        n->next = nullptr;
        return {posted::refused, n};
      default:
        return {posted::queued};
    }
  }

  /// All of the ring behind `chain`.
  Node* with_rest(Node* chain) noexcept {
    Node* last = chain ? last_of(chain) : nullptr;
    while (Node* const n = lane_.pop()) {
      n->next = nullptr;
      if (last)
        last->next = n;
      else
        chain = n;
      last = n;
    }
    return chain;
  }

  static Node* last_of(Node* n) noexcept {
    while (Node* const behind = n->next) n = behind;
    return n;
  }

  Node* first_of_late() noexcept {
    Node* const n = late_;
    late_ = n->next;
    return n;
  }

  bounded_lane<Node, Atomics> lane_;
  const bool drops_;
  // The receiver's: what came through the inbox, and the position of the ring that goes before it.
  Node* late_ = nullptr;
  std::uint64_t late_after_ = 0;
  std::uint64_t looked_to_ = 0;  // a position of the ring
};

}  // namespace troupe::engine
