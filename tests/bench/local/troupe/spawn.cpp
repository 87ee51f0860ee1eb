// SIZE actors are spawned below one, each gets a first message and answers it; all are alive at the end.
#include "troupe/crowd.hpp"

namespace bench {

void spawn(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  finish_line finish;
  const auto parent = troupe::spawn<crowd>(sys, "crowd", &finish);
  const stopwatch time;
  parent.tell(gather{s.size, work::crowd_batch});
  expect(finish.wait() == s.size * (s.size - 1) / 2, "spawn: the sum of the numbers");
  report_each("spawn", time.elapsed(), s.size, "ns/actor");
}

}  // namespace bench
