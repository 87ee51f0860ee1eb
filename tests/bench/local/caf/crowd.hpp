// Many actors below one: each is spawned, gets its first message, and answers it. What several scenarios start from.
#pragma once

#include <vector>

#include "caf/scenarios.hpp"

namespace bench {

/// What the parent knows. It keeps the handles: CAF takes down an actor that nobody refers to.
struct crowd_state {
  std::vector<caf::actor> members;
  std::uint64_t count = 0;
  std::uint64_t batch = 0;
  std::uint64_t answered = 0;
  std::uint64_t sum = 0;
};
/// The parent of many.
using crowd_actor = caf::stateful_actor<crowd_state>;

/// One of many: it answers, then it is idle.
inline caf::behavior member(caf::event_based_actor* self, const caf::actor& to) {
  return {
      [=](hello_atom, std::uint64_t number) { self->send(to, present_atom_v, number); },
  };
}

/// Spawns up to `batch` members more.
inline void spawn_batch(crowd_actor* self) {
  auto& state = self->state;
  const std::uint64_t end = std::min<std::uint64_t>(state.count, state.members.size() + state.batch);
  while (state.members.size() < end) {
    state.members.push_back(self->spawn(member, caf::actor{self}));
    self->send(state.members.back(), hello_atom_v, static_cast<std::uint64_t>(state.members.size() - 1));
  }
}

/// Their parent: spawns `count` members, at most `batch` of them unanswered. Reports the sum of their numbers, 0 to
/// count - 1.
inline caf::behavior crowd(crowd_actor* self, finish_line* finish) {
  return {
      [=](gather_atom, std::uint64_t count, std::uint64_t batch) {
        self->state.count = count;
        self->state.batch = batch;
        spawn_batch(self);
      },
      [=](present_atom, std::uint64_t number) {
        auto& state = self->state;
        state.sum += number;
        if (++state.answered < state.members.size()) return;
        if (state.answered == state.count) return finish->arrive(state.sum);
        spawn_batch(self);
      },
  };
}

}  // namespace bench
