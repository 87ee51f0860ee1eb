// A tree of actors, ten children each, SIZE leaves: each leaf reports its number, each node the sum of its children's, then it
// stops (skynet).
#include "caf/scenarios.hpp"

namespace bench {
namespace {

struct node_state {
  std::uint64_t answers = 0;
  std::uint64_t sum = 0;
};

// `finish` is the root's only. A leaf has no behaviour: it ends at once.
caf::behavior node(caf::stateful_actor<node_state>* self, const caf::actor& parent, std::uint64_t first,
                   std::uint64_t leaves, finish_line* finish) {
  if (leaves == 1) {
    self->send(parent, sum_atom_v, first);
    return {};
  }
  const std::uint64_t each = leaves / work::skynet_children;
  for (std::uint64_t i = 0; i < work::skynet_children; ++i)
    self->spawn(node, caf::actor{self}, first + i * each, each, static_cast<finish_line*>(nullptr));
  return {
      [=](sum_atom, std::uint64_t value) {
        auto& state = self->state;
        state.sum += value;
        if (++state.answers < work::skynet_children) return;
        if (finish)
          finish->arrive(state.sum);
        else
          self->send(parent, sum_atom_v, state.sum);
        self->quit();
      },
  };
}

}  // namespace

void skynet(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line finish;
  const stopwatch time;
  sys->spawn(node, caf::actor{}, std::uint64_t{0}, s.size, &finish);
  expect(finish.wait() == s.size * (s.size - 1) / 2, "skynet: the sum");
  report("skynet", std::chrono::duration<double, std::milli>(time.elapsed()).count(), "ms");
}

}  // namespace bench
