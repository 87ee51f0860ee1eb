// spawn: SIZE actors are spawned below one, each gets a first message and answers it; all are alive at the end.
// bytes: what each of them takes then.
// stop: how long it takes to stop them until the last is gone, and how much of their memory stays.
#include "caf/crowd.hpp"
#include "measure/process.hpp"

namespace bench {
namespace {

constexpr std::uint64_t sum_below(std::uint64_t n) { return n * (n - 1) / 2; }

}  // namespace

void spawn(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line gathered, gone;
  const caf::actor parent = sys->spawn(crowd, &gathered, &gone);
  const stopwatch time;
  caf::anon_send(parent, gather_atom_v, s.size, false);
  expect(gathered.wait() == sum_below(s.size), "spawn: the sum of the numbers");
  report_each("spawn", time.elapsed(), s.size, "ns/actor");
}

void bytes(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line gathered, gone;
  const caf::actor parent = sys->spawn(crowd, &gathered, &gone);
  const auto before = resident_bytes();
  caf::anon_send(parent, gather_atom_v, s.size, false);
  expect(gathered.wait() == sum_below(s.size), "bytes: the sum of the numbers");
  report("bytes", grown(before, resident_bytes()) / static_cast<double>(s.size), "bytes/actor");
}

void stop(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line gathered, gone;
  const caf::actor parent = sys->spawn(crowd, &gathered, &gone);
  const auto before = resident_bytes();
  caf::anon_send(parent, gather_atom_v, s.size, true);
  expect(gathered.wait() == sum_below(s.size), "stop: the sum of the numbers");
  const stopwatch time;
  caf::anon_send(parent, disband_atom_v);
  expect(gone.wait() == s.size, "stop: how many are gone");
  report_each("stop", time.elapsed(), s.size, "ns/actor");
  report("stop_kept", grown(before, resident_bytes()) / static_cast<double>(s.size), "bytes/actor");
}

}  // namespace bench
