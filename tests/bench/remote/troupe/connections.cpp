// SIZE idle associations, each with the peer's connection to the node and the node's to the peer: memory, and processor time for
// their heartbeats. The others have no counterpart: their nodes know one connection a peer, and a peer is a process.
#include <algorithm>

#include "measure/process.hpp"
#include "troupe/nodes.hpp"

namespace bench::remote {

void connections(const settings& s) {
  allow_descriptors();
  troupe::node_options here{.name = "near"};
  here.inbound_max = here.strangers_max = static_cast<unsigned>(s.size) + 1;
  troupe::system_options options;
  options.workers = s.workers;
  options.log = troupe::log_level::error;
  auto& sys = immortal<troupe::system>(options, troupe::remoting{here});
  far_half far{"connections", s};
  const auto before = resident_bytes();
  far.tell(sys.find_extension<troupe::remoting>()->listens_on().port);
  const auto up = [&] {
    const auto all = troupe::peers(sys);
    return static_cast<std::uint64_t>(
        std::count_if(all.begin(), all.end(), [](const auto& p) { return p.reachable; }));
  };
  for (const stopwatch time; up() < s.size; be_quiet(std::chrono::milliseconds{20}))
    expect(time.elapsed() < meet_time_max, "connections: the peers are not all up");
  be_quiet(std::chrono::seconds{1});  // what came in with them has been handled
  const auto cpu_before = cpu_time();
  const stopwatch time;
  be_quiet(connections_measured);
  const auto cpu = cpu_time() - cpu_before;
  const double seconds = std::chrono::duration<double>(time.elapsed()).count();
  expect(up() == s.size, "connections: peers have been lost");
  const auto n = static_cast<double>(s.size);
  report("connections_bytes", grown(before, resident_bytes()) / n, "bytes/peer");
  report("connections_cpu", static_cast<double>(cpu.count()) / 1e3 / n / seconds, "us/peer/s");
}

}  // namespace bench::remote
