// The shared end of a mailbox's user lane, and who has to schedule its owner: one word, so that a message costs its sender
// one compare-exchange.
//
// The word holds the newest node, how many there are, and a state. The receiver takes all nodes with one exchange and turns
// them round, so it meets the senders once a batch, not once a message.
//
//   state      nodes   a push                       the receiver
//   idle       none    makes it scheduled: the      asleep
//                      pusher must schedule it
//   scheduled  any     queues                       queued or running
//   deaf       any     queues, and says so          asleep, wants no user message now (starting, failed, suspended: M7)
//   closed     none    is refused                   gone for good
//
// Rules
//  IN1 A push is one exchange of the word: no node is ever half-linked, and a receiver never waits for a sender (M3).
//  IN2 Nodes of one sender come out in the order they were pushed (M3).
//  IN3 Exactly one of those who find the receiver asleep becomes the one that schedules it: the transition to `scheduled`
//      is a compare-exchange.
//  IN4 No signal is overlooked: its sender publishes it, then calls `wake`, which either makes the receiver scheduled or
//      leaves a mark in the word. `sleep` fails on the mark, so the receiver looks at its signals once more.
//  IN5 After a `sleep` that succeeded the receiver may be run, and gone, on another thread: it touches nothing any more.
//  IN6 The count in the word is exact up to `count_max` and stays there beyond; the receiver, which counts as it turns the
//      batch round, always knows.
//  IN7 `nudge` is `wake` for what is published elsewhere and is no signal: it does not make a deaf receiver run, and leaves
//      it the mark. Whoever takes the mark away (`take`, `sleep`) looks at all of it again before it sleeps. A push onto a deaf
//      receiver says `unheard`: its sender may `wake` it to have a look at what came.
//  IN8 A message that is alone can be run where it is: the receiver looks (`sole`), runs it, and goes to sleep from there
//      (`sleep_after`), one compare-exchange for a take and a sleep. While it is in its place its memory stays as it is, since the
//      next sender links to it: who wants to keep it, or to free it, takes the others out first (`take_after`).
//  IN9 It can be closed from outside, while the receiver runs (`cut`): whoever does so gets all nodes, and says himself which of them
//      the receiver may be looking at where they are (IN8, `newest`): those he gives back (`give_back`), and the receiver finds
//      them in its `take`, `take_after` or `close`. A cut inbox never opens again: the receiver, which may have been in the middle
//      of a `take`, closes it once more, and takes what came in between.
#pragma once

#include <algorithm>
#include <cstdint>
#include <troupe/engine/atomics.hpp>
#include <troupe/engine/node_word.hpp>

namespace troupe::engine {

/// What became of a push, by the state that it met.
enum class pushed : std::uint8_t {
  must_schedule,  ///< idle: the caller has to schedule the receiver (IN3)
  queued,         ///< scheduled: its receiver is at work, or will be
  unheard,        ///< deaf: queued, and its receiver sleeps on
  refused,        ///< closed: the node is still the caller's
};

/// Nodes linked up by their sender, newest first through `next`.
template <class Node>
struct chain {
  Node* newest = nullptr;
  Node* oldest = nullptr;
  std::uint32_t counted = 0;  ///< those that count
  bool asks = false;          ///< whether anybody waits for an answer to one of them
};

/// Nodes taken out, oldest first, linked through `next`.
template <class Node>
struct taken {
  Node* first = nullptr;
  std::uint32_t counted = 0;  ///< those that count
};

/// Turns nodes that are linked newest first round, down to `end`, which is left out.
template <class Node>
taken<Node> turned_round(Node* newest, Node* end = nullptr) noexcept {
  taken<Node> out;
  for (Node* n = newest; n != end;) {
    Node* const before = n->next;
    n->next = out.first;
    out.first = n;
    out.counted += n->counted;
    n = before;
  }
  return out;
}

/// Many senders, one receiver. `Node` has members `Node* next` and `bool counted`, and is aligned as node_word.hpp says.
template <class Node, class Atomics = real_atomics>
class inbox {
 public:
  /// The largest exact count (IN6).
  static constexpr std::uint64_t count_max = (std::uint64_t{1} << 17) - 1;

  /// Begins scheduled: whoever makes it submits its owner a first time.
  inbox() noexcept = default;
  inbox(const inbox&) = delete;
  inbox& operator=(const inbox&) = delete;

  /// Adds a node at the end. Thread-safe.
  pushed push(Node* n) noexcept {
    word old = idle;
    n->next = nullptr;
    // An idle receiver without a look first: the commonest case costs one trip for the word's cache line.
    if (word_.compare_exchange_strong(old, word_of(n) | (n->counted ? count_one : 0) | scheduled,
                                      std::memory_order_acq_rel, std::memory_order_relaxed))
      return pushed::must_schedule;
    for (;;) {
      const word state = old & state_mask;
      if (state == closed) return pushed::refused;
      n->next = node_of(old);
      const word count = old & count_mask;
      const word now = word_of(n) | (old & mark) |
                       (count == count_mask || !n->counted ? count : count + count_one) |
                       (state == idle ? scheduled : state);
      // release: pairs with the acquire of `take`; what the sender wrote is the receiver's.
      if (word_.compare_exchange_weak(old, now, std::memory_order_acq_rel, std::memory_order_relaxed))
        return static_cast<pushed>(state);
    }
  }

  /// Adds a chain at the end, linked newest first, as `push` adds a node. Thread-safe.
  pushed push(const chain<Node>& several) noexcept {
    word old = word_.load(std::memory_order_relaxed);
    for (;;) {
      const word state = old & state_mask;
      if (state == closed) return pushed::refused;
      several.oldest->next = node_of(old);
      const word count = std::min((old & count_mask) / count_one + several.counted, count_max) * count_one;
      const word now = word_of(several.newest) | (old & mark) | count | (state == idle ? scheduled : state);
      if (word_.compare_exchange_weak(old, now, std::memory_order_acq_rel, std::memory_order_relaxed))
        return static_cast<pushed>(state);
    }
  }

  /// What became of a `wake`.
  enum class woken : std::uint8_t {
    at_work,        ///< its receiver will look at its signals
    must_schedule,  ///< the caller has to schedule the receiver (IN3)
    refused,        ///< closed: nobody will look
  };

  /// Makes the receiver look at its signals (IN4). Thread-safe; call it after publishing what it is to see.
  woken wake() noexcept {
    // acquire: who is refused may look at what the receiver did before it closed.
    word old = word_.load(std::memory_order_acquire);
    for (;;) {
      const word state = old & state_mask;
      if (state == closed) return woken::refused;
      const word now = state == scheduled ? old | mark : (old & ~state_mask) | scheduled;
      // A compare-exchange even when the mark is there: its release is what makes the signal visible. acquire: whoever
      // makes it scheduled runs after what the receiver did before it slept.
      if (word_.compare_exchange_weak(old, now, std::memory_order_acq_rel, std::memory_order_acquire))
        return state == scheduled ? woken::at_work : woken::must_schedule;
    }
  }

  /// Makes the receiver look at what the caller has published for it, unless it is deaf (IN7). Thread-safe.
  woken nudge() noexcept {
    word old = word_.load(std::memory_order_relaxed);
    for (;;) {
      const word state = old & state_mask;
      if (state == closed) return woken::refused;
      const word now = state == idle ? (old & ~state_mask) | scheduled : old | mark;
      // As in `wake`: a release even when the mark is there; a deaf receiver acquires it from whoever wakes it.
      if (word_.compare_exchange_weak(old, now, std::memory_order_acq_rel, std::memory_order_relaxed))
        return state == idle ? woken::must_schedule : woken::at_work;
    }
  }

  /// Takes all nodes, oldest first. The receiver only, while scheduled; it looks at its signals afterwards (IN4).
  taken<Node> take() noexcept {
    if (node_of(word_.load(std::memory_order_relaxed)) == nullptr) return {};
    // acquire: pairs with the release of each push and wake.
    const word old = word_.exchange(scheduled, std::memory_order_acq_rel);
    if ((old & state_mask) == closed) [[unlikely]]
      return closed_again(old, nullptr);
    return turned_round(node_of(old));
  }

  /// A node that was alone when the receiver looked.
  struct resident {
    Node* node = nullptr;    ///< null: there was none, or more than one
    std::uint64_t seen = 0;  ///< the word it was seen in
  };

  /// The only node, which stays where it is (IN8). The receiver only, while scheduled; it looks at its signals afterwards, and ends
  /// with `sleep_after` or `take_after`.
  resident sole() const noexcept {
    const word now = word_.load(std::memory_order_acquire);  // pairs with the release of each push and wake
    Node* const n = node_of(now);
    if (!n || n->next) return {};
    return {n, now};
  }

  /// The receiver has run the only node and is about to sleep. False: there is more to run or to look at, and the node is
  /// still there. After true the node is the caller's, and nothing of its owner may be touched (IN5).
  bool sleep_after(resident one) noexcept {
    // As in `sleep`. A mark was there before, or came and changed the word: IN4.
    return (one.seen & mark) == 0 && word_.compare_exchange_strong(one.seen, idle, std::memory_order_acq_rel,
                                                                   std::memory_order_relaxed);
  }

  /// Takes all that came after the only node, oldest first; the node is the caller's then. The receiver only, while scheduled;
  /// it looks at its signals afterwards (IN4).
  taken<Node> take_after(Node* one) noexcept {
    const word old = word_.exchange(scheduled, std::memory_order_acq_rel);
    if ((old & state_mask) == closed) [[unlikely]]
      return closed_again(old, one);
    return turned_round(node_of(old), one);
  }

  /// The newest node, from which the others can be followed to the oldest; all stay where they are. The receiver only.
  Node* newest() const noexcept {
    return node_of(word_.load(std::memory_order_acquire));  // pairs with the release of each push
  }

  /// The receiver is about to sleep, `deafly`: pushes shall not wake it. It leaves the nodes up to `seen` where they are; null where
  /// it is not deaf. False: there is something to run or to look at, it stays scheduled. After true nothing of its owner may be
  /// touched (IN5).
  bool sleep(bool deafly, const Node* seen = nullptr) noexcept {
    word old = word_.load(std::memory_order_relaxed);
    for (;;) {
      if ((old & state_mask) == closed) [[unlikely]]
        return false;  // IN9
      const bool marked = (old & mark) != 0;
      if (!marked && node_of(old) != seen) return false;
      const word now = marked ? old & ~mark : (old & ~state_mask) | (deafly ? deaf : idle);
      // release: what the receiver did is seen by the thread that runs it next; acquire: pairs with `wake` (IN4).
      if (word_.compare_exchange_weak(old, now, std::memory_order_acq_rel, std::memory_order_relaxed))
        return !marked;
    }
  }

  /// Ends it: takes what is there, later pushes and wakes are refused. The receiver only, while scheduled; it looks at its
  /// signals afterwards (IN4).
  taken<Node> close() noexcept {
    return turned_round(node_of(word_.exchange(closed, std::memory_order_acq_rel)));
  }

  /// What a `cut` found.
  struct severed {
    Node* newest = nullptr;  ///< all there was, linked newest first
    bool asleep = false;     ///< nobody runs the receiver: the caller schedules it, once, when it likes (IN3)
  };

  /// Ends it from outside (IN9): later pushes and wakes are refused. Once, by any thread; not where `close` has been called.
  severed cut() noexcept {
    // acquire: the nodes are the caller's; release: who is refused, and the receiver, see what the caller did before.
    const word old = word_.exchange(closed, std::memory_order_acq_rel);
    const word state = old & state_mask;
    return {node_of(old), state == idle || state == deaf};
  }

  /// Gives nodes back to the receiver, linked newest first, after a `cut` and by who called it, once (IN9). It spins while the receiver is
  /// between two steps of a `take`.
  void give_back(Node* newest) noexcept {
    word expected = closed;
    // release: pairs with the acquire of the receiver's next take.
    while (!word_.compare_exchange_weak(expected, word_of(newest) | closed, std::memory_order_acq_rel,
                                        std::memory_order_relaxed))
      expected = closed;
  }

  /// Whether its receiver sleeps deafly, as of now. Thread-safe.
  bool is_deaf() const noexcept { return (word_.load(std::memory_order_acquire) & state_mask) == deaf; }

  /// Whether it has been closed. Thread-safe.
  bool is_closed() const noexcept {
    return (word_.load(std::memory_order_acquire) & state_mask) == closed;  // acquire: pairs with `close`
  }

  /// Counted nodes pushed and not taken (IN6). Thread-safe.
  std::uint64_t count() const noexcept {
    return (word_.load(std::memory_order_relaxed) & count_mask) / count_one;
  }

 private:
  // bits 0..1 state, 2 mark, 3..19 count, the others the node (node_word.hpp)
  using word = std::uint64_t;
  static constexpr word state_mask = 3;
  static constexpr word idle = 0;
  static constexpr word scheduled = 1;
  static constexpr word deaf = 2;
  static constexpr word closed = 3;
  static_assert(static_cast<word>(pushed::must_schedule) == idle &&
                static_cast<word>(pushed::queued) == scheduled &&
                static_cast<word>(pushed::unheard) == deaf && static_cast<word>(pushed::refused) == closed);
  static constexpr word mark = 4;
  static constexpr word count_one = 8;
  static constexpr word count_mask = count_max * count_one;
  static_assert(count_mask < word{1} << node_spare_bits);

  // The receiver has opened a cut inbox for a moment: what it had found there, and what came meanwhile, down to `end` if that is there.
  taken<Node> closed_again(word old, Node* end) noexcept {
    Node* const given_back = node_of(old);
    Node* at = given_back;
    while (at && at != end) at = at->next;
    end = at;
    Node* const newest = node_of(word_.exchange(closed, std::memory_order_acq_rel));
    if (!newest) return turned_round(given_back, end);
    Node* oldest = newest;
    while (oldest->next) oldest = oldest->next;
    oldest->next = given_back;
    return turned_round(newest, end);
  }

  static word word_of(Node* n) noexcept { return word_of_node(n); }
  static Node* node_of(word w) noexcept { return node_of_word<Node>(w); }

  typename Atomics::template atomic<word> word_{scheduled};
};

}  // namespace troupe::engine
