// A cell that is ended from outside while it runs (C10, KI2-KI4, IN9): its inbox and lane as production compiles them, and around them the
// steps of `cell::run_messages` and `cell::sever`, in every order that seeds find.
#include <array>
#include <troupe/engine/inbox.hpp>
#include <troupe/engine/system_lane.hpp>

#include "unit/interleave/inbox_programs.hpp"
#include "unit/interleave/verdict.hpp"

namespace interleave_severed_test {

using namespace interleave;
namespace engine = troupe::engine;

namespace {

enum class mistake {
  none,
  no_fence,          // what the cell looks at is read too early
  takes_all,         // also the message that is run where it lies
  says_it_late,      // the cell looks first, and says so then
  says_too_little,   // the cell says that it runs one where it lies before it has seen that there is only one
  looks_no_more,     // the cell takes the next message without a look at its signals
  does_not_wait,     // the cell frees its message while the other side still walks along the chain
  forgets_the_rest,  // what was given back stays where it is
};

enum class work : unsigned { none, in_place, apart, looks };

struct note {
  model_plain<note*> next;
};

template <unsigned Messages, mistake Mistake>
struct severed_cell {
  using box_type = engine::inbox<message, model_atomics>;

  severed_cell() {
    for (unsigned i = 0; i < Messages; ++i) messages[i].number = i;
    require(box.sleep(false), "an empty inbox does not let its receiver sleep");
  }

  // ---- senders
  void send(message& m) {
    switch (box.push(&m)) {
      case engine::pushed::must_schedule:
        turns.unpark();
        break;
      case engine::pushed::refused:
        ends(&m);
        break;
      default:
        break;
    }
  }

  // ---- who kills it: cell::kill and cell::sever
  void kill() {
    life.fetch_or(killed, std::memory_order_acq_rel);
    lane.push(&mark);
    const auto cut = box.cut();
    if (Mistake != mistake::no_fence) model_atomics::heavy_fence();
    const work at = cut.asleep ? work::apart : at_work.load(std::memory_order_acquire);
    message* newest = cut.newest;
    message* left = nullptr;
    if (at == work::looks) {
      left = newest;
      newest = nullptr;
    } else if (at == work::in_place && newest && Mistake != mistake::takes_all) {
      message* before = nullptr;
      message* oldest = newest;
      while (message* const next = oldest->next) {
        before = oldest;
        oldest = next;
      }
      left = oldest;
      if (before)
        before->next = nullptr;
      else
        newest = nullptr;
    }
    message* taken = nullptr;
    if (at == work::apart) {
      taken = backlog;
      backlog = nullptr;
    }
    if (left) box.give_back(left);
    life.fetch_or(swept, std::memory_order_release);
    is_swept.unpark();
    end_all(taken);
    end_all(newest);
    if (cut.asleep) turns.unpark();
  }

  // ---- the cell
  void run() {
    for (;;) {
      turns.park();
      bool sleeps = false;
      while (!sleeps) {
        switch (run_messages()) {
          case turn::over:
            return;
          case turn::asleep:
            sleeps = true;
            break;
          case turn::empty:
            at_work.store(sleeping, std::memory_order_release);
            sleeps = box.sleep(false);
            break;
        }
      }
      if (seen == Messages) return;  // nobody will wake it, unless he kills it
    }
  }

  enum class turn { over, asleep, empty };

  turn run_messages() {
    for (bool first = true;; first = false) {
      if (!first) at_work.store(sleeping, std::memory_order_release);  // a turn finds it so
      const auto alone = box.sole();
      if (alone.node) at_work.store(work::in_place, std::memory_order_release);
      if (alone.node && lane.empty()) {
        handle(alone.node);
        at_work.store(sleeping, std::memory_order_release);
        if (box.sleep_after(alone)) {
          free(alone.node);
          return turn::asleep;
        }
        backlog = box.take_after(alone.node).first;
        if (is_killed() && Mistake != mistake::does_not_wait) {
          await_swept();
          backlog = joined(backlog, box.take_after(alone.node).first);
        }
        free(alone.node);
        at_work.store(work::none, std::memory_order_release);
        if (!lane.empty()) return end();
      } else {
        at_work.store(work::none, std::memory_order_release);
        backlog = box.take().first;
        if (!lane.empty()) return end();
        if (!message_there()) return turn::empty;
      }
      while (message* const m = backlog) {
        backlog = m->next;
        at_work.store(work::apart, std::memory_order_release);
        handle(m);
        free(m);
        at_work.store(work::none, std::memory_order_release);
        if (!lane.empty() && Mistake != mistake::looks_no_more) return end();
      }
    }
  }

  turn end() {
    require(is_killed(), "the mark came before the end");
    await_swept();
    end_all(backlog);
    if (Mistake != mistake::forgets_the_rest) end_all(box.close().first);
    return turn::over;
  }

  bool message_there() { return static_cast<message*>(backlog) != nullptr; }
  bool is_killed() { return (life.load(std::memory_order_acquire) & killed) != 0; }
  void await_swept() {
    if (has_waited) return;
    has_waited = true;
    is_swept.park();
    require((life.load(std::memory_order_acquire) & swept) != 0, "woken too early");
  }
  static message* joined(message* first, message* second) {
    if (!first) return second;
    message* last = first;
    while (message* const next = last->next) last = next;
    last->next = second;
    return first;
  }

  // ---- what becomes of a message, once
  void handle(message* m) { came_to_its_end(m); }
  void ends(message* m) {
    came_to_its_end(m);
    free(m);
  }
  void end_all(message* m) {
    while (m) {
      message* const next = m->next;
      ends(m);
      m = next;
    }
  }
  void came_to_its_end(message* m) {
    require(fate[m->number] == 0, "a message was handled, or given up, twice");
    fate[m->number] = 1;
    ++seen;
  }
  // As a pool does with a block that comes back: whoever still looks at it races with this.
  static void free(message* m) { m->next = m; }

  static constexpr unsigned killed = 1;
  static constexpr unsigned swept = 2;
  box_type box;
  engine::system_lane<note, model_atomics> lane;
  model_atomic<unsigned> life{0};
  // What it says while it sleeps, and before it looks.
  static constexpr work sleeping = Mistake == mistake::says_it_late      ? work::none
                                   : Mistake == mistake::says_too_little ? work::in_place
                                                                         : work::looks;
  model_atomic<work> at_work{sleeping};
  model_plain<message*> backlog{nullptr};
  note mark;
  std::array<message, Messages> messages;
  std::array<unsigned, Messages> fate{};
  unsigned seen = 0;
  bool has_waited = false;
  model_parker turns, is_swept;
};

template <unsigned Senders, unsigned Each, mistake Mistake = mistake::none>
program<severed_cell<Senders * Each, Mistake>> killed_while_it_runs() {
  using state = severed_cell<Senders * Each, Mistake>;
  program<state> p;
  for (unsigned s = 0; s < Senders; ++s)
    p.threads.push_back([s](state& c) {
      for (unsigned i = 0; i < Each; ++i) c.send(c.messages[s * Each + i]);
    });
  p.threads.push_back([](state& c) { c.kill(); });
  p.threads.push_back([](state& c) { c.run(); });
  p.check = [](state& c) { require(c.seen == Senders * Each, "M4: a message was lost"); };
  return p;
}

template <mistake Mistake>
void is_found(const char* because) {
  const auto p = killed_while_it_runs<2, 2, Mistake>();
  must_fail(p, run_seeded(p, 1, 2'000'000), because);
}

}  // namespace

TEST_CASE("KI2, KI4, IN9: a cell that is killed at any moment handles, or gives up, each message once") {
  must_pass(run_seeded(killed_while_it_runs<1, 1>(), 1, 400'000));
  must_pass(run_seeded(killed_while_it_runs<1, 3>(), 1, 400'000));
  must_pass(run_seeded(killed_while_it_runs<2, 2>(), 1, 800'000));
  must_pass(run_seeded(killed_while_it_runs<2, 6>(), 1, 800'000));
}

TEST_CASE("C10: a killer that does not fence is found") { is_found<mistake::no_fence>(""); }
TEST_CASE("KI4: a killer that takes the message that is run where it lies is found") {
  is_found<mistake::takes_all>("");
}
TEST_CASE("C10: a cell that looks before it says so is found") { is_found<mistake::says_it_late>(""); }
TEST_CASE("C10: a cell that looks at more messages than it says is found") {
  is_found<mistake::says_too_little>("");
}
TEST_CASE("KI3: a cell that takes another message without a look at its signals is found") {
  is_found<mistake::looks_no_more>("");
}
TEST_CASE("KI4: a cell that frees its message while the chain is walked is found") {
  is_found<mistake::does_not_wait>("");
}
TEST_CASE("KI4: a cell that forgets what was given back is found") {
  is_found<mistake::forgets_the_rest>("");
}

}  // namespace interleave_severed_test
