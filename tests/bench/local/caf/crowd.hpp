// Many actors below one: each is spawned, gets its first message, and answers it. What several scenarios start from.
#pragma once

#include <algorithm>
#include <vector>

#include "caf/scenarios.hpp"

namespace bench {

/// What the parent knows. It keeps the handles: CAF takes down an actor that nobody refers to.
struct crowd_state {
  std::vector<caf::actor> members;
  std::uint64_t count = 0;
  bool watched = false;
  std::uint64_t answered = 0;
  std::uint64_t sum = 0;
  std::uint64_t stopped = 0;
  std::uint64_t gone = 0;
};
/// The parent of many.
using crowd_actor = caf::stateful_actor<crowd_state>;

/// One of many: it answers, then it is idle.
inline caf::behavior member(caf::event_based_actor* self, const caf::actor& to) {
  return {
      [=](hello_atom, std::uint64_t number) { self->send(to, present_atom_v, number); },
  };
}

/// Spawns up to `work::crowd_batch` members more.
inline void spawn_batch(crowd_actor* self) {
  auto& state = self->state;
  const std::uint64_t end = std::min<std::uint64_t>(state.count, state.members.size() + work::crowd_batch);
  for (std::uint64_t i = state.members.size(); i < end; ++i) {
    state.members.push_back(self->spawn(member, caf::actor{self}));
    if (state.watched) self->monitor(state.members.back());
    self->send(state.members.back(), hello_atom_v, i);
  }
}

/// Stops as many more.
inline void stop_batch(crowd_actor* self) {
  auto& state = self->state;
  const std::uint64_t end = std::min<std::uint64_t>(state.members.size(), state.stopped + work::crowd_batch);
  while (state.stopped < end)
    self->send_exit(state.members[state.stopped++], caf::exit_reason::user_shutdown);
}

/// Their parent. `gather` spawns `count` members, at most `work::crowd_batch` of them unanswered, and reports the sum of
/// their numbers, 0 to count - 1. `disband` stops them, as many at once, and reports how many are gone.
inline caf::behavior crowd(crowd_actor* self, finish_line* gathered, finish_line* disbanded) {
  self->set_down_handler([=](const caf::down_msg&) {
    auto& state = self->state;
    if (++state.gone < state.stopped) return;
    if (state.gone < state.members.size()) return stop_batch(self);
    state.members = {};
    disbanded->arrive(state.gone);
  });
  return {
      [=](gather_atom, std::uint64_t count, bool watched) {
        self->state.count = count;
        self->state.watched = watched;
        self->state.members.reserve(count);
        spawn_batch(self);
      },
      [=](present_atom, std::uint64_t number) {
        auto& state = self->state;
        state.sum += number;
        if (++state.answered < state.members.size()) return;
        if (state.answered == state.count) return gathered->arrive(state.sum);
        spawn_batch(self);
      },
      [=](disband_atom) { stop_batch(self); },
  };
}

}  // namespace bench
