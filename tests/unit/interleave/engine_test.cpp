// The engine's own mechanisms under every order of their steps (small cases) and under long seeded schedules: inbox, system
// lane and a worker's ring, as production compiles them but for their atomics.
#include <troupe/engine/inbox.hpp>
#include <troupe/engine/run_queue.hpp>
#include <troupe/engine/system_lane.hpp>

#include "unit/interleave/inbox_programs.hpp"
#include "unit/interleave/run_queue_programs.hpp"
#include "unit/interleave/verdict.hpp"

namespace interleave_engine_test {

using namespace interleave;
namespace engine = troupe::engine;

namespace {

using box_type = engine::inbox<message, model_atomics>;

message* newest_first(engine::taken<message> oldest_first) {
  message* out = nullptr;
  for (message* m = oldest_first.first; m;) {
    message* const following = m->next;
    m->next = out;
    out = m;
    m = following;
  }
  return out;
}

/// The inbox as the programs know it.
struct engine_box {
  engine_box() { require(box.sleep(false), "an empty inbox does not let its receiver sleep"); }
  pushed push(message* m) {
    switch (box.push(m)) {
      case engine::pushed::queued:
        return pushed::behind;
      case engine::pushed::must_schedule:
        return pushed::onto_idle;
      default:
        return pushed::refused;
    }
  }
  message* take_all() { return newest_first(box.take()); }
  bool try_idle() { return box.sleep(false); }
  message* close() { return newest_first(box.close()); }

  box_type box;
};

/// The ring as the programs know it.
struct engine_ring {
  bool push(job* j) { return ring.push(j); }
  job* pop() { return ring.pop(); }
  job* steal_into(engine_ring& mine) { return mine.ring.steal_from(ring); }

  engine::run_queue<job, 4, model_atomics> ring;
};

/// A full ring whose owner moves half of it elsewhere to make room, empties it and fills it again, while others steal.
program<stealing<engine_ring, 7>> a_ring_is_moved_and_filled() {
  using state = stealing<engine_ring, 7>;
  program<state> p;
  p.set_up = [](state& s) {
    s.turn(1);
    for (unsigned i = 0; i < 4; ++i) s.push(i);
  };
  p.threads.push_back([](state& s) {
    std::array<job*, 2> moved{};
    while (!s.own.push(&s.jobs[4])) {
      const std::size_t count = s.own.ring.take_half(moved);
      for (std::size_t i = 0; i < count; ++i) s.run(moved[i]);
    }
    while (const job* const j = s.own.pop()) s.run(j);
    s.own.ring.fill(std::array<job*, 2>{&s.jobs[5], &s.jobs[6]});
  });
  for (unsigned t = 0; t < 2; ++t) p.threads.push_back([t](state& s) { s.steal(s.thieves[t]); });
  p.check = [](state& s) { s.check(); };
  return p;
}

/// The receiver runs a message that is alone where it is (IN8), and does with it what a pool does with a block that came back.
template <unsigned Senders, unsigned Each>
program<mail<engine_box, Senders, Each>> messages_run_in_place() {
  using state = mail<engine_box, Senders, Each>;
  program<state> p;
  for (unsigned s = 0; s < Senders; ++s) p.threads.push_back([s](state& m) { m.send_all(s); });
  p.threads.push_back([](state& m) {
    const auto sleeps = [&m] {
      const auto alone = m.box.box.sole();
      if (!alone.node) {
        m.receive(m.box.take_all());
        return m.box.try_idle();
      }
      m.receive(alone.node);
      const bool slept = m.box.box.sleep_after(alone);
      const auto later = slept ? engine::taken<message>{} : m.box.box.take_after(alone.node);
      alone.node->next = alone.node;
      m.receive(newest_first(later));
      return slept;
    };
    while (m.got < state::total) {
      m.turns.park();
      while (!sleeps()) {
      }
      ++m.went_idle;
    }
  });
  p.check = [](state& m) { m.all_came(); };
  return p;
}

struct note {
  model_plain<note*> next;
};

/// A receiver with both lanes, as a cell has them: it begins deaf, the first signal makes it hear.
struct both_lanes {
  both_lanes() { require(box.sleep(true), "a receiver can't sleep deafly"); }

  void signal(note& n) {
    lane.push(&n);
    if (box.wake() == box_type::woken::must_schedule) turns.unpark();
  }
  void send(message& m) {
    if (box.push(&m) != engine::pushed::must_schedule) return;
    require(hears_from_outside.load() != 0, "M7: a message woke a deaf receiver");
    turns.unpark();
  }
  // As a cell does: what `take` gave out is followed by a look at the signals (IN4). Whether it sleeps.
  bool run_all(bool in_place) {
    for (bool took = true; took;) {
      took = false;
      for (note* n = lane.take_all(); n; n = n->next) ++signals;
      if (signals == 0) continue;
      hears_from_outside.store(1);
      const auto alone = in_place ? box.sole() : box_type::resident{};
      if (alone.node) {
        ++messages;
        took = true;
        if (box.sleep_after(alone)) return true;
      }
      for (message* m = alone.node ? box.take_after(alone.node).first : box.take().first; m; m = m->next)
        ++messages, took = true;
    }
    return signals == 0 ? box.sleep(true, box.newest()) : box.sleep(false);
  }
  void receive(bool in_place) {
    while (signals < 2 || messages < 2) {
      turns.park();
      while (!run_all(in_place)) {
      }
    }
  }

  box_type box;
  engine::system_lane<note, model_atomics> lane;
  model_atomic<unsigned> hears_from_outside{0};
  std::array<note, 2> notes;
  std::array<message, 2> sent;
  unsigned signals = 0;
  unsigned messages = 0;
  model_parker turns;
};

program<both_lanes> no_signal_is_overlooked(bool in_place) {
  program<both_lanes> p;
  p.threads.push_back([](both_lanes& b) {
    for (note& n : b.notes) b.signal(n);
  });
  p.threads.push_back([](both_lanes& b) {
    for (message& m : b.sent) b.send(m);
  });
  p.threads.push_back([in_place](both_lanes& b) { b.receive(in_place); });
  p.check = [](both_lanes& b) { require(b.signals == 2 && b.messages == 2, "something came twice"); };
  return p;
}

/// A receiver that ends, and somebody whose signal comes too late: as a cell and `cell::send` do it.
struct ending {
  box_type box;
  engine::system_lane<note, model_atomics> lane;
  model_plain<unsigned> last_words{0};
  note late;
  unsigned heard = 0;
};

program<ending> the_refused_see_the_end() {
  program<ending> p;
  p.threads.push_back([](ending& e) {
    e.last_words = 1;
    e.box.close();
    if (e.lane.take_all()) e.heard = e.last_words;
  });
  p.threads.push_back([](ending& e) {
    e.lane.push(&e.late);
    if (e.box.wake() != box_type::woken::refused) return;
    require(e.box.is_closed(), "refused by an inbox that is open");
    if (e.lane.take_all()) e.heard = e.last_words;
  });
  p.check = [](ending& e) { require(e.heard == 1, "a signal was lost at the close"); };
  return p;
}

}  // namespace

TEST_CASE("M3, IN1-IN3: the engine's inbox loses no message and no wake-up, in every order of steps") {
  must_pass(explore(no_wakeup_is_lost<engine_box, 2, 1>()));
  must_pass(explore(no_wakeup_is_lost<engine_box, 1, 3>()));
  must_pass(run_seeded(no_wakeup_is_lost<engine_box, 2, 2>(), 1, 200'000));
  must_pass(run_seeded(no_wakeup_is_lost<engine_box, 3, 20>(), 1, 200'000));
}

TEST_CASE("IN8: a message that is run where it is costs no message and no wake-up, in every order of steps") {
  must_pass(explore(messages_run_in_place<2, 1>()));
  must_pass(explore(messages_run_in_place<1, 3>()));
  must_pass(run_seeded(messages_run_in_place<2, 2>(), 1, 200'000));
  must_pass(run_seeded(messages_run_in_place<3, 20>(), 1, 200'000));
}

TEST_CASE("M4: the engine's inbox loses nothing when it is closed, in every order of steps") {
  must_pass(explore(close_loses_nothing<engine_box, 2, 1>()));
  must_pass(run_seeded(close_loses_nothing<engine_box, 3, 20>(), 1, 200'000));
}

TEST_CASE("IN4, M7, M9: a signal is never overlooked and a deaf receiver is woken by nothing else") {
  // Every order of two signals and two messages is more than a test may take: random ones, many.
  must_pass(run_seeded(no_signal_is_overlooked(false), 1, 400'000));
  must_pass(run_seeded(no_signal_is_overlooked(true), 1, 400'000));
}

TEST_CASE("RQ2, RQ3: the engine's ring runs each job once, in every order of steps") {
  must_pass(explore(each_job_runs_once<engine_ring, 2, 2, 0>()));
  must_pass(explore(each_job_runs_once<engine_ring, 1, 2, 3>()));
  must_pass(run_seeded(busy_stealing<engine_ring, 20>(), 1, 200'000));
}

TEST_CASE(
    "RQ2, RQ3: a ring that is moved by halves and filled at once runs each job once, in every order of "
    "steps") {
  must_pass(explore(a_ring_is_moved_and_filled()));
}

TEST_CASE(
    "C5, IN4: a signal that is refused is answered once, by a thread that sees all that the receiver did "
    "before") {
  must_pass(explore(the_refused_see_the_end()));
}

}  // namespace interleave_engine_test
