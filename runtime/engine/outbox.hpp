// Messages that a handler sends one after another to the same receiver: they are linked up on the sender's side and go to
// the mailbox together, so that a stream of messages moves the mailbox's cache line once for many of them.
//
// | who        | may call                       |
// |------------|--------------------------------|
// | the owner  | keep, grow, flush, end_handler |
// | the others | rescue, settle                 |
//
// Rules
//  OB1 The first message to a receiver goes straight to it. The second one in a row begins a chain, which is sent when it has
//      `most` messages, before anything else that the handler lets others see (a message to another receiver, a reply, a signal, a
//      spawn, bytes on a socket), and at the handler's end: what is sent keeps its order, to one receiver (M3) and across receivers.
//  OB2 A chain holds a reference to its receiver, which may stop meanwhile and then refuses the chain as it refuses a message.
//  OB3 A handler that lasts does not hold its chain up: the lookout rescues it (P8). It hands the chain over before it leaves the lock,
//      so the owner can't overtake it.
//  OB4 A thread that is no worker and has heard of what a handler did, by a lock or a latch, does not overtake it: it sends the chains
//      for its receiver before its own message.
//  OB5 A receiver may have a node of its own for what goes there together, and not a chain: then what is sent is put into the newest node, in the
//      same lock.
#pragma once

#include <cstdint>
#include <thread>
#include <troupe/engine/biased_lock.hpp>
#include <troupe/engine/inbox.hpp>
#include <utility>

namespace troupe::engine {

/// What `outbox::grow` has come to.
enum class grown : std::uint8_t {
  nothing,  ///< there was no node to grow, or not one for that: ask `keep`
  more,     ///< it is in the node
  full,     ///< the same, and no more goes in
};

/// A worker's chain. `Receiver` is as engine::recipient; `Node` has `Node* next` and `bool counted`.
template <class Receiver, class Node, class Atomics = real_atomics>
class outbox {
 public:
  /// The longest chain: it moves a line once for so many messages, and is sent in less than a microsecond.
  static constexpr std::uint32_t most = 32;

  /// A message of the running handler to `to`. True: it has been taken over. False: the caller sends it itself, now. The owner only.
  bool keep(Receiver& to, Node* n) noexcept {
    if (to_.load(std::memory_order_acquire) != &to && !follows_on(to)) return false;  // as in `empty`
    lock_.enter();
    const bool full = link(to, n);
    lock_.leave();
    if (full) [[unlikely]]
      flush_all();
    return true;
  }

  /// A message of the running handler to `to`, for the node that is kept for it (OB5). `add` is called inside the lock with that node, and says what has
  /// come of it. False: nothing is kept for `to`, or not what this belongs to. The owner only.
  template <class Add>
  bool grow(Receiver& to, Add add) noexcept {
    if (to_.load(std::memory_order_acquire) != &to) return false;  // as in `empty`
    lock_.enter();
    // Relaxed: inside of the lock. It may have been rescued just now.
    const grown how = to_.load(std::memory_order_relaxed) ? add(*chain_.newest) : grown::nothing;
    lock_.leave();
    if (how == grown::full) [[unlikely]]
      flush_all();
    return how != grown::nothing;
  }

  /// A message of the running handler to `to`. True: the caller sends it itself, now: nothing is kept, and the message before was not to
  /// `to`. False: ask `keep`. The owner only.
  bool passes(Receiver& to) noexcept {
    if (!empty() || last_ == &to) return false;
    last_ = &to;
    return true;
  }

  /// The next message of the running handler is to `to`: sends what is kept. Whether the message before was to `to` as well, so that a chain may begin.
  /// The owner only. It is seldom asked: a call, so that the rest needs no registers for it.
  [[gnu::noinline]] bool follows_on(Receiver& to) noexcept {
    while (!empty()) flush_all();  // again if a listener of dead letters has sent meanwhile
    // An address that is compared and no more: a receiver that has gone does no harm (OB1).
    return std::exchange(last_, &to) == &to;
  }

  /// The handler is over: sends what is kept, and the next message goes straight to its receiver. The owner only.
  void end_handler() noexcept {
    if (!empty()) flush();
    last_ = nullptr;
  }

  /// Whether nothing is kept: it has been handed over. Thread-safe, as of now.
  bool empty() const noexcept { return !to_.load(std::memory_order_acquire); }  // pairs with `send`

  /// Sends what is kept. The owner only.
  void flush() noexcept {
    if (!empty()) flush_all();
  }

  /// Sends what is kept on the owner's behalf. False: it has not, the owner is at it (OB3). Thread-safe.
  bool rescue() noexcept {
    if (empty()) return true;
    if (!lock_.claim()) return false;
    const sending what = send();
    lock_.unclaim();
    finish(what);
    return true;
  }

  /// Sends what is kept for `to` on the owner's behalf, before the caller sends something to it that must not overtake (OB4). Others
  /// than the owner. While the owner is inside, for a few instructions, it waits by looking again: the owner could only tell at the
  /// price of an atomic operation a message.
  void settle(Receiver& to) noexcept {
    while (to_.load(std::memory_order_acquire) == &to && !rescue()) std::this_thread::yield();  // see `send`
  }

 private:
  [[gnu::noinline]] void flush_all() noexcept {
    lock_.enter();
    const sending what = send();
    lock_.leave();
    finish(what);
  }

  // These two are done inside the lock.
  bool link(Receiver& to, Node* n) noexcept {
    if (!to_.load(std::memory_order_relaxed)) {  // none yet, or it was rescued
      to.add_reference();
      to_.store(&to, std::memory_order_relaxed);
    }
    n->next = chain_.newest;
    if (!chain_.newest) chain_.oldest = n;
    chain_.newest = n;
    chain_.counted += n->counted;
    if constexpr (requires { n->reply; })
      if (n->reply) chain_.asks = true;
    return ++length_ == most;
  }

  struct sending {
    Receiver* to = nullptr;  // null: there was nothing
    chain<Node> messages;
    pushed how = pushed::queued;
  };
  sending send() noexcept {
    sending what{to_.load(std::memory_order_relaxed), std::exchange(chain_, {})};
    length_ = 0;
    if (!what.to) return what;
    what.how = what.to->accept(what.messages);
    // Only now is it empty: whoever sees that may send something that must not overtake.
    to_.store(nullptr, std::memory_order_release);
    return what;
  }

  // Outside of the lock: a dispatcher may have to start a thread, and dead letters have listeners, who may send.
  static void finish(const sending& what) noexcept {
    if (!what.to) return;
    if (what.how == pushed::must_schedule) what.to->schedule();
    if (what.how == pushed::refused) what.to->refuse(what.messages);
    what.to->release_reference();
  }

  // Of the chain; changed inside the lock, read outside of it.
  typename Atomics::template atomic<Receiver*> to_{nullptr};
  Receiver* last_ = nullptr;  // of the handler's message before; the owner's
  std::uint32_t length_ = 0;
  chain<Node> chain_;
  biased_lock<Atomics> lock_;
};

}  // namespace troupe::engine
