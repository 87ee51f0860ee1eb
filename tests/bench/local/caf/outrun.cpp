// One sender outruns a slow receiver, SIZE messages: how much memory that takes at its peak, in MB. CAF's mailboxes have no bound.
#include "caf/scenarios.hpp"
#include "measure/process.hpp"
#include "measure/random.hpp"

namespace bench {
namespace {

struct receiver_state {
  std::uint64_t received = 0;
  std::uint64_t random = 1;
  std::uint64_t drawn = 0;
};

caf::behavior receiver(caf::stateful_actor<receiver_state>* self, std::uint64_t count, finish_line* finish) {
  return {
      [=](item_atom, std::uint64_t number) {
        auto& state = self->state;
        expect(number == state.received, "outrun: messages out of order");
        for (std::uint64_t i = 0; i < work::outrun_steps; ++i)
          state.drawn += random_below(state.random, count);
        expect(state.drawn != 0, "outrun: the computation");
        if (++state.received == count) finish->arrive(state.received);
      },
  };
}

caf::behavior sender(caf::event_based_actor* self, const caf::actor& to) {
  return {
      [=](produce_atom, std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) self->send(to, item_atom_v, i);
      },
  };
}

}  // namespace

void outrun(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line finish;
  const caf::actor to = sys->spawn(receiver, s.size, &finish);
  const caf::actor from = sys->spawn(sender, to);
  const std::uint64_t before = resident_bytes();
  caf::anon_send(from, produce_atom_v, s.size);
  expect(finish.wait() == s.size, "outrun: the count");
  report("outrun", grown(before, peak_resident_bytes()) / 1e6, "MB");
}

}  // namespace bench
