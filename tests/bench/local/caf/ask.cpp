// One client, one server: SIZE requests, one after the other, each with a time limit.
#include "caf/scenarios.hpp"

namespace bench {
namespace {

caf::behavior server() {
  return {
      [](successor_atom, std::uint64_t of) { return of + 1; },
  };
}

struct client_state {
  std::uint64_t n = 0;
  std::uint64_t count = 0;
};
using client_actor = caf::stateful_actor<client_state>;

void next(client_actor* self, const caf::actor& to, finish_line* finish) {
  self->request(to, work::ask_timeout, successor_atom_v, self->state.n)
      .then(
          [=](std::uint64_t answer) {
            expect(answer == self->state.n + 1, "ask: the answer");
            self->state.n = answer;
            if (answer == self->state.count) return finish->arrive(answer);
            next(self, to, finish);
          },
          [](const caf::error&) { expect(false, "ask: an error"); });
}

caf::behavior client(client_actor* self, const caf::actor& to, finish_line* finish) {
  return {
      [=](begin_atom, std::uint64_t count) {
        self->state.count = count;
        next(self, to, finish);
      },
  };
}

}  // namespace

void ask(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line finish;
  const caf::actor to = sys->spawn(server);
  const caf::actor from = sys->spawn(client, to, &finish);
  const stopwatch time;
  caf::anon_send(from, begin_atom_v, s.size);
  expect(finish.wait() == s.size, "ask: the count");
  report_each("ask", time.elapsed(), s.size, "ns/ask");
}

}  // namespace bench
