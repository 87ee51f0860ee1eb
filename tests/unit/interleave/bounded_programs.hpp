// What a bounded mailbox must hold under every order of steps: each message is handed to exactly one hand, runs in its
// sender's order, and is never forgotten, with senders that find it full, that drop the oldest, or that meet a receiver that
// closes.
//
// `Box` is the mailbox with its inbox, or a thin adapter to it, on model_atomics:
//
//   struct Box {                              // begins idle
//     outcome post(message* m);               // any thread
//     message* next();                        // the receiver, while it runs: what to run, null for nothing
//     bool try_idle();                        // the receiver, after a null: true if it is idle now
//     message* close();                       // the receiver: what was left, linked through `next`
//     bool ring();                            // any thread: as a signal does; true: the caller schedules the receiver
//   };
#pragma once

#include <array>

#include "unit/interleave/inbox_programs.hpp"

namespace interleave {

/// What came of a post, and what it leaves to the sender.
struct bounded_outcome {
  pushed how;            ///< `refused`: full, or closed
  message* undelivered;  ///< the sender's to give up, linked through `next`
};

/// The state that the programs share.
template <class Box, unsigned Senders, unsigned Each>
struct bounded_mail {
  bounded_mail() {
    for (unsigned s = 0; s < Senders; ++s)
      for (unsigned n = 0; n < Each; ++n) {
        messages[s][n].sender = s;
        messages[s][n].number = n;
      }
  }

  /// One sender's work. Whoever finds the receiver idle schedules it.
  void send(message& m) {
    const bounded_outcome out = box.post(&m);
    if (out.how == pushed::onto_idle) turns.unpark();
    if (!out.undelivered) return;
    for (message* one = out.undelivered; one;) {
      message* const behind = one->next;
      ++given_up[one->sender][one->number];
      settled.fetch_add(1);
      one = behind;
    }
    if (box.ring()) turns.unpark();  // the receiver may be waiting for nothing else
  }
  void send_all(unsigned sender) {
    for (message& m : messages[sender]) send(m);
  }

  /// Runs one; it must be its turn.
  void run(const message* m) {
    ++ran[m->sender][m->number];
    settled.fetch_add(1);
    require(m->number >= next_number[m->sender], "M3: a sender's order is broken");
    next_number[m->sender] = m->number + 1;
  }
  /// Runs turns until no message is missing: nobody wakes it but the posts themselves, and who has given one up.
  void receive() {
    while (settled.load() < Senders * Each) {
      turns.park();
      do
        while (const message* const m = box.next()) run(m);
      while (!box.try_idle());
    }
  }

  void check() const {
    for (unsigned s = 0; s < Senders; ++s)
      for (unsigned n = 0; n < Each; ++n) {
        require(ran[s][n] + given_up[s][n] != 0, "M4: a message was lost");
        require(ran[s][n] + given_up[s][n] == 1, "a message is in two hands");
      }
  }
  unsigned times_ran() const {
    unsigned all = 0;
    for (const auto& of : ran)
      for (const unsigned times : of) all += times;
    return all;
  }

  Box box;
  std::array<std::array<message, Each>, Senders> messages;
  std::array<std::array<unsigned, Each>, Senders> ran{};
  std::array<std::array<unsigned, Each>, Senders> given_up{};
  std::array<unsigned, Senders> next_number{};
  model_atomic<unsigned> settled{0};  // run or given up
  model_parker turns;
};

/// Whatever the senders do, each message is run or given up, once. At least `Least` are run: the first that finds room, or
/// the newest that drop others.
template <class Box, unsigned Senders, unsigned Each, unsigned Least>
program<bounded_mail<Box, Senders, Each>> each_is_run_or_given_up() {
  using state = bounded_mail<Box, Senders, Each>;
  program<state> p;
  for (unsigned s = 0; s < Senders; ++s) p.threads.push_back([s](state& m) { m.send_all(s); });
  p.threads.push_back([](state& m) { m.receive(); });
  p.check = [](state& m) {
    m.check();
    require(m.times_ran() >= Least, "M8: given up although there was room");
  };
  return p;
}

/// The same for a mailbox that one message of the first sender, who sends no other, has filled before the others begin.
template <class Box, unsigned Senders>
program<bounded_mail<Box, Senders, 1>> full_at_first() {
  auto p = each_is_run_or_given_up<Box, Senders, 1, 1>();
  p.threads.erase(p.threads.begin());
  p.set_up = [](bounded_mail<Box, Senders, 1>& m) { m.send_all(0); };
  return p;
}

/// The newest of a single sender that drops the oldest are run: as many as there is room for.
template <class Box, unsigned Each, unsigned Capacity>
program<bounded_mail<Box, 1, Each>> newest_are_run() {
  using state = bounded_mail<Box, 1, Each>;
  auto p = each_is_run_or_given_up<Box, 1, Each, Capacity>();
  p.check = [](state& m) {
    m.check();
    for (unsigned n = Each - Capacity; n < Each; ++n)
      require(m.ran[0][n] == 1, "M8: a newer message was dropped for an older one");
  };
  return p;
}

/// With a receiver that closes in the middle, each message is run, or left over, or given up by a sender, once.
template <class Box, unsigned Senders, unsigned Each>
program<bounded_mail<Box, Senders, Each>> bounded_close_loses_nothing() {
  using state = bounded_mail<Box, Senders, Each>;
  program<state> p;
  for (unsigned s = 0; s < Senders; ++s) p.threads.push_back([s](state& m) { m.send_all(s); });
  p.threads.push_back([](state& m) {
    m.turns.park();
    if (const message* const one = m.box.next()) m.run(one);
    for (message* one = m.box.close(); one;) {
      message* const behind = one->next;
      ++m.ran[one->sender][one->number];
      one = behind;
    }
  });
  p.check = [](state& m) {
    m.check();
    require(m.box.next() == nullptr, "M4: something is left in a closed mailbox");
  };
  return p;
}

/// The last message of each sender is not counted (`terminated`): it is run, behind all that its sender had sent before,
/// however full the mailbox is.
template <class Box, unsigned Senders, unsigned Each>
program<bounded_mail<Box, Senders, Each>> uncounted_come_last() {
  auto p = each_is_run_or_given_up<Box, Senders, Each, 0>();
  using state = bounded_mail<Box, Senders, Each>;
  p.set_up = [](state& m) {
    for (auto& of : m.messages) of.back().counted = false;
  };
  p.check = [](state& m) {
    m.check();
    for (unsigned s = 0; s < Senders; ++s)
      require(m.ran[s].back() == 1, "M9: an uncounted message was given up");
  };
  return p;
}

}  // namespace interleave
