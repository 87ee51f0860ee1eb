// 120 actors, each sends SIZE pings, one at a time, each to one of the others, and waits for the pong (Savina big).
#include <memory>
#include <vector>

#include "caf/scenarios.hpp"
#include "measure/random.hpp"

namespace bench {
namespace {

using peers = std::shared_ptr<std::vector<caf::actor>>;

struct player_state {
  std::uint64_t random;
  std::uint64_t left;
  std::uint64_t asked = 0;
};
using player_actor = caf::stateful_actor<player_state>;

void next(player_actor* self, const peers& all, std::uint64_t index, finish_line* finish) {
  auto& state = self->state;
  if (state.left == 0) return finish->arrive();
  --state.left;
  state.asked = (index + 1 + random_below(state.random, work::big_actors - 1)) % work::big_actors;
  self->send((*all)[state.asked], ping_atom_v, index);
}

// `all` is complete before the first message.
caf::behavior player(player_actor* self, const peers& all, std::uint64_t index, std::uint64_t pings,
                     finish_line* finish) {
  self->state.random = index;
  self->state.left = pings;
  return {
      [=](begin_atom) { next(self, all, index, finish); },
      [=](ping_atom, std::uint64_t from) { self->send((*all)[from], pong_atom_v, index); },
      [=](pong_atom, std::uint64_t from) {
        expect(from == self->state.asked, "big: a pong from somebody else");
        next(self, all, index, finish);
      },
  };
}

}  // namespace

void big(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  auto& finish = immortal<finish_line>(work::big_actors);
  const auto all = std::make_shared<std::vector<caf::actor>>();
  for (std::uint64_t i = 0; i < work::big_actors; ++i)
    all->push_back(sys->spawn(player, all, i, s.size, &finish));
  const stopwatch time;
  for (const auto& p : *all) caf::anon_send(p, begin_atom_v);
  finish.wait();
  report_each("big", time.elapsed(), 2 * s.size * work::big_actors, "ns/message");
}

}  // namespace bench
