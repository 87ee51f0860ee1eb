// What an inbox must hold under every order of steps: many senders, one receiver that goes idle when it finds
// nothing, and is scheduled again by the sender that finds it idle.
//
// `Box` is the inbox, or a thin adapter to it, on model_atomics:
//
//   struct Box {                               // begins idle
//     pushed push(message* m);                 // any thread
//     message* take_all();                     // the receiver, while it runs: newest first through `next`, or null
//     bool try_idle();                         // the receiver: true if nothing was there and it is idle now
//     message* close();                        // the receiver: what was left, as take_all; no push succeeds afterwards
//   };
#pragma once

#include <array>

#include "unit/interleave/explore.hpp"

namespace interleave {

/// What came of a push.
enum class pushed {
  behind,     ///< the receiver runs, or is scheduled already
  onto_idle,  ///< the receiver was idle: the pusher has to schedule it
  refused,    ///< closed; the message is still the pusher's
};

/// What is sent; aligned and counted as the engine's inbox asks for.
struct alignas(64) message {
  model_plain<message*> next;
  bool counted = true;
  unsigned sender = 0;
  unsigned number = 0;
};

/// The state that the programs share: an inbox, senders' messages, and what the receiver has seen.
template <class Box, unsigned Senders, unsigned Each>
struct mail {
  static constexpr unsigned total = Senders * Each;

  mail() {
    for (unsigned s = 0; s < Senders; ++s)
      for (unsigned n = 0; n < Each; ++n) {
        messages[s][n].sender = s;
        messages[s][n].number = n;
      }
  }

  /// One sender's work. Whoever finds the receiver idle schedules it.
  void send_all(unsigned sender) {
    for (message& m : messages[sender]) {
      const pushed how = box.push(&m);
      if (how == pushed::refused) ++refused[sender];
      if (how != pushed::onto_idle) continue;
      ++schedules[sender];
      turns.unpark();
    }
  }

  /// Counts a chain, newest first, and the order in it.
  void receive(message* newest) {
    std::array<unsigned, Senders> in_chain{};
    for (message* m = newest; m; m = m->next) {
      require(got < total, "more received than sent");
      ++got;
      ++in_chain[m->sender];
    }
    std::array<unsigned, Senders> left = in_chain;
    for (message* m = newest; m; m = m->next)
      require(m->number == next_number[m->sender] + --left[m->sender], "M3: a sender's order is broken");
    for (unsigned s = 0; s < Senders; ++s) next_number[s] += in_chain[s];
  }

  /// At the end: nothing is lost, and who was idle was scheduled once.
  void all_came() const {
    require(got == total, "a message was lost");
    unsigned in_all = 0;
    for (const unsigned n : schedules) in_all += n;
    require(in_all == went_idle, "scheduled while it was not idle");
  }

  Box box;
  std::array<std::array<message, Each>, Senders> messages;
  std::array<unsigned, Senders> next_number{};
  std::array<unsigned, Senders> refused{};
  unsigned got = 0;
  std::array<unsigned, Senders> schedules{};
  unsigned went_idle = 0;
  model_parker turns;
};

/// Every message arrives once, in its sender's order, and the receiver never sleeps while one waits: a push onto an
/// idle receiver schedules it, and going idle overlooks nothing.
template <class Box, unsigned Senders = 2, unsigned Each = 2>
program<mail<Box, Senders, Each>> no_wakeup_is_lost() {
  using state = mail<Box, Senders, Each>;
  program<state> p;
  for (unsigned s = 0; s < Senders; ++s) p.threads.push_back([s](state& m) { m.send_all(s); });
  p.threads.push_back([](state& m) {
    while (m.got < state::total) {
      m.turns.park();
      do m.receive(m.box.take_all());
      while (!m.box.try_idle());
      ++m.went_idle;
    }
  });
  p.check = [](state& m) { m.all_came(); };
  return p;
}

/// With a receiver that closes in the middle, each message is received, or is left over at the close, or was refused.
template <class Box, unsigned Senders = 2, unsigned Each = 2>
program<mail<Box, Senders, Each>> close_loses_nothing() {
  using state = mail<Box, Senders, Each>;
  program<state> p;
  for (unsigned s = 0; s < Senders; ++s) p.threads.push_back([s](state& m) { m.send_all(s); });
  p.threads.push_back([](state& m) {
    m.turns.park();
    m.receive(m.box.take_all());
    m.receive(m.box.close());
  });
  p.check = [](state& m) {
    unsigned refused = 0;
    for (const unsigned r : m.refused) refused += r;
    require(m.got + refused == state::total, "M4: a message was lost at the close");
  };
  return p;
}

}  // namespace interleave
