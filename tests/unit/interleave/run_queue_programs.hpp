// What a worker's run queue must hold under every order of steps: its owner pushes and pops, thieves take half.
// Nothing is lost and nothing comes out twice.
//
// `Queue` is the queue, or a thin adapter to it, on model_atomics:
//
//   struct Queue {
//     bool push(job* j);              // the owner; false: full, the job is still the owner's
//     job* pop();                     // the owner; null when there is nothing
//     job* steal_into(Queue& mine);   // the owner of `mine`, which is empty: about half of what is there; one is
//   };                                // returned, the rest goes to `mine`; null when there was nothing, or it was lost
//                                     // to somebody else
#pragma once

#include <array>

#include "unit/interleave/explore.hpp"

namespace interleave {

/// What is queued.
struct job {
  unsigned number = 0;
};

/// One owner's queue, one for each thief, and how often each job has come out of them.
template <class Queue, unsigned Jobs>
struct stealing {
  stealing() {
    for (unsigned i = 0; i < Jobs; ++i) jobs[i].number = i;
  }

  /// `turned` pushes and pops, so that the ring's ends are not at its beginning.
  void turn(unsigned turned) {
    for (unsigned i = 0; i < turned; ++i) {
      require(own.push(&jobs[0]), "an empty queue is full");
      require(own.pop() == &jobs[0], "what was pushed does not come out");
    }
  }
  void push(unsigned number) {
    if (!own.push(&jobs[number])) ++ran[number];  // it goes elsewhere
  }
  void run(const job* j) {
    if (j) ++ran[j->number];
  }
  void steal(Queue& mine) {
    run(own.steal_into(mine));
    run(mine.pop());
  }
  void check() {
    for (Queue* q : {&own, &thieves[0], &thieves[1]})
      while (const job* const j = q->pop()) run(j);
    for (const unsigned times : ran) {
      require(times != 0, "a job was lost");
      require(times == 1, "a job ran twice");
    }
  }

  Queue own;
  std::array<Queue, 2> thieves;
  std::array<job, Jobs> jobs;
  std::array<unsigned, Jobs> ran{};  // by whoever has the job: two at a time would be the failure looked for
};

/// The owner finds `Ready` jobs queued, pushes two more with a pop between; `Thieves` others steal once each and pop
/// what they got.
template <class Queue, unsigned Thieves = 2, unsigned Ready = 2, unsigned Turned = 0>
program<stealing<Queue, Ready + 2>> each_job_runs_once() {
  using state = stealing<Queue, Ready + 2>;
  program<state> p;
  p.set_up = [](state& s) {
    s.turn(Turned);
    for (unsigned i = 0; i < Ready; ++i) s.push(i);
  };
  p.threads.push_back([](state& s) {
    s.push(Ready);
    s.run(s.own.pop());
    s.push(Ready + 1);
  });
  for (unsigned t = 0; t < Thieves; ++t) p.threads.push_back([t](state& s) { s.steal(s.thieves[t]); });
  p.check = [](state& s) { s.check(); };
  return p;
}

/// The owner pushes and pops `Rounds` times while two thieves steal: for seeded schedules.
template <class Queue, unsigned Rounds>
program<stealing<Queue, 2 * Rounds>> busy_stealing() {
  using state = stealing<Queue, 2 * Rounds>;
  program<state> p;
  p.threads.push_back([](state& s) {
    for (unsigned i = 0; i < Rounds; ++i) {
      s.push(2 * i);
      s.push(2 * i + 1);
      s.run(s.own.pop());
    }
  });
  for (unsigned t = 0; t < 2; ++t)
    p.threads.push_back([t](state& s) {
      for (unsigned i = 0; i < Rounds; ++i) {
        s.run(s.own.steal_into(s.thieves[t]));
        while (const job* const j = s.thieves[t].pop()) s.run(j);
      }
    });
  p.check = [](state& s) { s.check(); };
  return p;
}

}  // namespace interleave
