// A hundred actors in a ring, one token, SIZE hops (Savina thread ring).
#include <vector>

#include "caf/scenarios.hpp"

namespace bench {
namespace {

struct link_state {
  std::uint64_t expected;
  caf::actor next;
};

caf::behavior link(caf::stateful_actor<link_state>* self, std::uint64_t first, finish_line* finish) {
  self->state.expected = first;
  return {
      [=](meet_atom, const caf::actor& next) { self->state.next = next; },
      [=](token_atom, std::uint64_t left) {
        expect(left == self->state.expected, "ring: the token came out of turn");
        self->state.expected -= work::ring_actors;
        if (left == 0) return finish->arrive();
        self->send(self->state.next, token_atom_v, left - 1);
      },
  };
}

}  // namespace

void ring(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line finish;
  std::vector<caf::actor> links;
  for (std::uint64_t i = 0; i < work::ring_actors; ++i)
    links.push_back(sys->spawn(link, s.size - 1 - i, &finish));
  for (std::uint64_t i = 0; i < links.size(); ++i)
    caf::anon_send(links[i], meet_atom_v, links[(i + 1) % links.size()]);
  const stopwatch time;
  caf::anon_send(links.front(), token_atom_v, s.size - 1);
  finish.wait();
  report_each("ring", time.elapsed(), s.size, "ns/message");
}

}  // namespace bench
