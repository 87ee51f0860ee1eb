// Four senders, one receiver, SIZE messages in all.
#include <array>

#include "caf/scenarios.hpp"

namespace bench {
namespace {

struct receiver_state {
  std::uint64_t received = 0;
  std::array<std::uint64_t, work::fanin_senders> next{};
};

caf::behavior receiver(caf::stateful_actor<receiver_state>* self, std::uint64_t count, finish_line* finish) {
  return {
      [=](item_atom, std::uint64_t sender, std::uint64_t number) {
        auto& state = self->state;
        expect(number == state.next[sender]++, "fanin: messages of one sender out of order");
        if (++state.received == count) finish->arrive(state.received);
      },
  };
}

caf::behavior sender(caf::event_based_actor* self, const caf::actor& to, std::uint64_t index) {
  return {
      [=](produce_atom, std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) self->send(to, item_atom_v, index, i);
      },
  };
}

}  // namespace

void fanin(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line finish;
  const std::uint64_t each = s.size / work::fanin_senders;
  const std::uint64_t total = each * work::fanin_senders;
  const caf::actor to = sys->spawn(receiver, total, &finish);
  std::array<caf::actor, work::fanin_senders> senders;
  for (std::uint64_t i = 0; i < senders.size(); ++i) senders[i] = sys->spawn(sender, to, i);
  const stopwatch time;
  for (const auto& from : senders) caf::anon_send(from, produce_atom_v, each);
  expect(finish.wait() == total, "fanin: the count");
  report_each("fanin", time.elapsed(), total, "ns/message");
}

}  // namespace bench
