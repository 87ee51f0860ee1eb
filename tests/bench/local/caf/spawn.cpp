// SIZE actors are spawned below one, each gets a first message and answers it; all are alive at the end.
#include "caf/crowd.hpp"

namespace bench {

void spawn(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line finish;
  const caf::actor parent = sys->spawn(crowd, &finish);
  const stopwatch time;
  caf::anon_send(parent, gather_atom_v, s.size, work::crowd_batch);
  expect(finish.wait() == s.size * (s.size - 1) / 2, "spawn: the sum of the numbers");
  report_each("spawn", time.elapsed(), s.size, "ns/actor");
}

}  // namespace bench
