// One sender, one counter, SIZE messages as fast as they go (Savina counting).
#include "caf/scenarios.hpp"

namespace bench {
namespace {

struct counter_state {
  std::uint64_t received = 0;
};

caf::behavior counter(caf::stateful_actor<counter_state>* self, std::uint64_t count, finish_line* finish) {
  return {
      [=](item_atom, std::uint64_t number) {
        auto& received = self->state.received;
        expect(number == received, "counting: messages out of order");
        if (++received == count) finish->arrive(received);
      },
  };
}

caf::behavior producer(caf::event_based_actor* self, const caf::actor& to) {
  return {
      [=](produce_atom, std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) self->send(to, item_atom_v, i);
      },
  };
}

}  // namespace

void counting(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line finish;
  const caf::actor to = sys->spawn(counter, s.size, &finish);
  const caf::actor from = sys->spawn(producer, to);
  const stopwatch time;
  caf::anon_send(from, produce_atom_v, s.size);
  expect(finish.wait() == s.size, "counting: the count");
  report_each("counting", time.elapsed(), s.size, "ns/message");
}

}  // namespace bench
