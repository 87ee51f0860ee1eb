// Messages that a worker's turn sends one after another to the same receiver: they are linked up on the sender's side and go to
// the mailbox together, so that a stream of messages moves the mailbox's cache line once for many of them.
//
// | who        | may call        |
// |------------|-----------------|
// | the owner  | keep, flush, end_turn |
// | the others | rescue          |
//
// Rules
//  OB1 The first message to a receiver goes straight to it. The second one in a row begins a chain, which is flushed when it
//      has `most` messages, when a message to another receiver is sent, when the worker reads the clock, and before the turn gives its cell
//      away: what is sent keeps its order, to one receiver (M3) and across receivers.
//  OB2 A chain holds a reference to its receiver, which may stop meanwhile and then refuses the chain as it refuses a message.
//  OB3 A turn that lasts does not hold its chain up: the lookout rescues it (P8). It hands the chain over before it leaves the lock, so
//      the owner can't overtake it.
#pragma once

#include <cstdint>
#include <troupe/engine/biased_lock.hpp>
#include <troupe/engine/inbox.hpp>
#include <utility>

namespace troupe::engine {

/// A worker's chain. `Receiver` has `void accept(const chain<Node>&) noexcept`, `add_reference()` and `release_reference()`; `Node` has
/// `Node* next` and `bool counted`.
template <class Receiver, class Node, class Atomics = real_atomics>
class outbox {
 public:
  /// The longest chain: it moves a line once for so many messages, and is sent in less than a microsecond.
  static constexpr std::uint32_t most = 32;

  /// A message of the running turn to `to`. True: it has been taken over. False: the caller sends it itself, now. The owner only.
  bool keep(Receiver& to, Node* n) noexcept {
    Receiver* const of_chain = to_.load(std::memory_order_acquire);  // as in `empty`
    if (of_chain != &to) {
      if (of_chain) flush();
      // An address that is compared and no more: a receiver that has gone does no harm (OB1).
      if (std::exchange(last_, &to) != &to) return false;
    }
    lock_.enter();
    const bool full = link(to, n);
    lock_.leave();
    if (full) flush();
    return true;
  }

  /// The turn is over: sends what is kept, and the next message goes straight to its receiver. The owner only.
  void end_turn() noexcept {
    flush();
    last_ = nullptr;
  }

  /// Whether nothing is kept: it has been handed over. Thread-safe, as of now.
  bool empty() const noexcept {
    return !to_.load(std::memory_order_acquire);
  }  // pairs with the store of `rescue`

  /// Sends what is kept. The owner only.
  void flush() noexcept {
    if (empty()) return;
    lock_.enter();
    Receiver* const to = to_.load(std::memory_order_relaxed);
    to_.store(nullptr, std::memory_order_relaxed);
    length_ = 0;
    const chain<Node> what = std::exchange(chain_, {});
    lock_.leave();
    if (to) hand_over(*to, what);
  }

  /// Sends what is kept on the owner's behalf, unless the owner is at it (OB3). Thread-safe.
  void rescue() noexcept {
    if (empty() || !lock_.claim()) return;
    if (Receiver* const to = to_.load(std::memory_order_relaxed)) {
      hand_over(*to, std::exchange(chain_, {}));
      length_ = 0;
      // Only now is it empty: until then an owner that looks has to wait. Pairs with the loads of the owner.
      to_.store(nullptr, std::memory_order_release);
    }
    lock_.unclaim();
  }

 private:
  // The rest is done inside the lock.
  bool link(Receiver& to, Node* n) noexcept {
    if (!to_.load(std::memory_order_relaxed)) {  // none yet, or it was rescued
      to.add_reference();
      to_.store(&to, std::memory_order_relaxed);
    }
    n->next = chain_.newest;
    if (!chain_.newest) chain_.oldest = n;
    chain_.newest = n;
    chain_.counted += n->counted;
    return ++length_ == most;
  }

  static void hand_over(Receiver& to, const chain<Node>& what) noexcept {
    to.accept(what);
    to.release_reference();
  }

  typename Atomics::template atomic<Receiver*> to_{
      nullptr};               // of the chain; read outside of the lock as a hint
  Receiver* last_ = nullptr;  // of the turn's message before; the owner's
  std::uint32_t length_ = 0;
  chain<Node> chain_;
  biased_lock<Atomics> lock_;
};

}  // namespace troupe::engine
