// One pair: SIZE messages, one in flight.
#include "caf/scenarios.hpp"

namespace bench {
namespace {

struct player_state {
  std::uint64_t expected;
  caf::actor other;
};

caf::behavior player(caf::stateful_actor<player_state>* self, std::uint64_t first, finish_line* finish) {
  self->state.expected = first;
  return {
      [=](meet_atom, const caf::actor& other) { self->state.other = other; },
      [=](ball_atom, std::uint64_t left) {
        expect(left == self->state.expected, "pingpong: a ball out of turn");
        self->state.expected -= 2;
        if (left == 0) return finish->arrive();
        self->send(self->state.other, ball_atom_v, left - 1);
      },
  };
}

}  // namespace

void pingpong(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line finish;
  const caf::actor ping = sys->spawn(player, s.size - 1, &finish);
  const caf::actor pong = sys->spawn(player, s.size - 2, &finish);
  caf::anon_send(ping, meet_atom_v, pong);
  caf::anon_send(pong, meet_atom_v, ping);
  const stopwatch time;
  caf::anon_send(ping, ball_atom_v, s.size - 1);
  finish.wait();
  report_each("pingpong", time.elapsed(), s.size, "ns/message");
}

}  // namespace bench
