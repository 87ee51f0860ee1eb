// One sender deals SIZE messages to each of 60 actors, which compute a little for each (Savina fork-join throughput).
#include <cmath>
#include <vector>

#include "caf/scenarios.hpp"

namespace bench {
namespace {

struct hand_state {
  std::uint64_t received = 0;
  double theta = 37.2;
};

caf::behavior hand(caf::stateful_actor<hand_state>* self, std::uint64_t count, finish_line* finish) {
  return {
      [=](job_atom, std::uint64_t number) {
        auto& state = self->state;
        expect(number == state.received, "forkjoin: messages out of order");
        const double sine = std::sin(state.theta);
        expect(sine * sine > 0, "forkjoin: the computation");
        if (++state.received == count) finish->arrive(state.received);
      },
  };
}

caf::behavior dealer(caf::event_based_actor* self, const std::vector<caf::actor>& hands) {
  return {
      [=](deal_atom, std::uint64_t each) {
        for (std::uint64_t i = 0; i < each; ++i)
          for (const auto& h : hands) self->send(h, job_atom_v, i);
      },
  };
}

}  // namespace

void forkjoin(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  auto& finish = immortal<finish_line>(work::forkjoin_actors);
  const std::uint64_t total = s.size * work::forkjoin_actors;
  std::vector<caf::actor> hands;
  for (std::uint64_t i = 0; i < work::forkjoin_actors; ++i)
    hands.push_back(sys->spawn(hand, s.size, &finish));
  const caf::actor from = sys->spawn(dealer, hands);
  const stopwatch time;
  caf::anon_send(from, deal_atom_v, s.size);
  expect(finish.wait() == total, "forkjoin: the count");
  report_each("forkjoin", time.elapsed(), total, "ns/message");
}

}  // namespace bench
