// Tokens that go from an actor to another, chosen at random, SIZE hops in all.
// hot: among 100 actors, alone in their system. hot_among: the same, and SIZE / 5 actors are there. uniform: among all of those.
#include <algorithm>
#include <memory>
#include <vector>

#include "caf/scenarios.hpp"
#include "measure/random.hpp"

namespace bench {
namespace {

using stations = std::shared_ptr<std::vector<caf::actor>>;

struct station_state {
  std::uint64_t number = 0;
};

// `all` is complete before the first token.
caf::behavior station(caf::stateful_actor<station_state>* self, const stations& all, finish_line* started,
                      finish_line* finish) {
  return {
      [=](hello_atom, std::uint64_t number) {
        self->state.number = number;
        started->arrive();
      },
      [=](token_atom, std::uint64_t to, std::uint64_t left, std::uint64_t random) {
        expect(to == self->state.number, "traffic: a token for somebody else");
        if (left == 0) return finish->arrive();
        const std::uint64_t next = random_below(random, all->size());
        self->send((*all)[next], token_atom_v, next, left - 1, random);
      },
  };
}

// Tokens visit every `stride`th of `population` actors.
void traffic(const settings& s, const char* name, std::uint64_t population, std::uint64_t stride) {
  auto& sys = immortal<caf_system>(s);
  auto& finish = immortal<finish_line>(work::traffic_tokens);
  const stations visited = std::make_shared<std::vector<caf::actor>>();
  std::vector<caf::actor> all;
  while (all.size() < population) {
    const std::uint64_t batch = std::min<std::uint64_t>(work::crowd_batch, population - all.size());
    auto& started = immortal<finish_line>(batch);
    for (std::uint64_t i = 0; i < batch; ++i) {
      const bool visit = all.size() % stride == 0;
      all.push_back(sys->spawn(station, visited, &started, &finish));
      if (visit) visited->push_back(all.back());
      caf::anon_send(all.back(), hello_atom_v, visit ? visited->size() - 1 : population);
    }
    started.wait();
  }
  const std::uint64_t hops = s.size / work::traffic_tokens;
  const stopwatch time;
  for (std::uint64_t i = 0; i < work::traffic_tokens; ++i) {
    const std::uint64_t to = i % visited->size();
    caf::anon_send((*visited)[to], token_atom_v, to, hops - 1, i);
  }
  finish.wait();
  report_each(name, time.elapsed(), hops * work::traffic_tokens, "ns/message");
}

}  // namespace

void hot(const settings& s) { traffic(s, "hot", work::hot_actors, 1); }

void hot_among(const settings& s) {
  const std::uint64_t population = s.size / work::traffic_hops_an_actor;
  traffic(s, "hot_among", population, population / work::hot_actors);
}

void uniform(const settings& s) { traffic(s, "uniform", s.size / work::traffic_hops_an_actor, 1); }

}  // namespace bench
