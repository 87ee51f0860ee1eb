// SIZE rings at once: a token goes round until its value is 0, then the ring is taken down and made anew, and meanwhile a
// worker factors a number for each ring that is made (the mixed case of CAF's suite).
#include "caf/scenarios.hpp"
#include "measure/factors.hpp"

namespace bench {
namespace {

caf::behavior link(caf::event_based_actor* self, const caf::actor& next) {
  return {
      [=](token_atom, std::uint64_t value) {
        self->send(next, token_atom_v, value);
        if (value == 0) self->quit();
      },
  };
}

caf::behavior factorizer(caf::event_based_actor* self, const caf::actor& to) {
  return {
      [=](number_atom, std::uint64_t n) {
        const auto [first, second] = factorize(n);
        self->send(to, factors_atom_v, first, second);
      },
  };
}

struct master_state {
  caf::actor worker;
  caf::actor next;
  std::uint64_t made = 0;
};
using master_actor = caf::stateful_actor<master_state>;

void new_ring(master_actor* self) {
  auto& state = self->state;
  self->send(state.worker, number_atom_v, work::mixed_factor_1 * work::mixed_factor_2);
  state.next = self;
  for (std::uint64_t i = 1; i < work::mixed_ring_actors; ++i) state.next = self->spawn(link, state.next);
  self->send(state.next, token_atom_v, work::mixed_token);
}

caf::behavior master(master_actor* self, const caf::actor& collector) {
  return {
      [=](begin_atom) {
        self->state.worker = self->spawn(factorizer, collector);
        new_ring(self);
      },
      [=](token_atom, std::uint64_t value) {
        if (value > 0) return self->send(self->state.next, token_atom_v, value - 1);
        if (++self->state.made < work::mixed_repetitions) return new_ring(self);
        self->send(collector, done_atom_v);
      },
  };
}

struct collector_state {
  std::uint64_t left;
};

caf::behavior collector(caf::stateful_actor<collector_state>* self, std::uint64_t rings,
                        finish_line* finish) {
  self->state.left = rings * (work::mixed_repetitions + 1);
  const auto count = [=] {
    if (--self->state.left == 0) finish->arrive();
  };
  return {
      [=](factors_atom, std::uint64_t first, std::uint64_t second) {
        expect(first == work::mixed_factor_1 && second == work::mixed_factor_2, "mixed: the factors");
        count();
      },
      [=](done_atom) { count(); },
  };
}

}  // namespace

void mixed(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line finish;
  const caf::actor to = sys->spawn(collector, s.size, &finish);
  const stopwatch time;
  for (std::uint64_t i = 0; i < s.size; ++i) caf::anon_send(sys->spawn(master, to), begin_atom_v);
  finish.wait();
  report("mixed", std::chrono::duration<double, std::milli>(time.elapsed()).count(), "ms");
}

}  // namespace bench
