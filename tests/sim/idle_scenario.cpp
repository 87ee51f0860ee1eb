// Nodes that know each other and do nothing: they stay connected, and that takes next to no time (tests/sim/speed.sh).
#include <troupe/troupe.hpp>

#include "sim/scenarios.hpp"

namespace simulations {

namespace {

using namespace troupe;

constexpr unsigned nodes = 3;

struct hello {
  using reply = int;
};
TROUPE_CONTRACT(hello, "idle.hello", 1)

class host : public actor<hello> {
 public:
  int on(const hello&) const { return 1; }
};

/// Whether each reaches each, itself too.
bool all_answer(cluster& c) {
  for (const auto& from : c.names())
    for (const auto& to : c.names())
      if (!c.find<host>(from, to, "/user/host").ask(hello{}, seconds{1}).get()) return false;
  return true;
}

std::uint64_t losses(const hub& events) {
  return events.count(event_kind::peer_down) + events.count(event_kind::connection_lost);
}

void run(cluster& c) {
  for (unsigned i = 1; i <= nodes; ++i)
    c.add("n" + std::to_string(i), [](troupe::system& sys) -> std::shared_ptr<void> {
      spawn<host>(sys, "host");
      return {};
    });
  c.start();
  c.run_for(seconds{1});  // who came first was refused, and has dialled again
  c.expect(all_answer(c), "all reach each other in the beginning");
  for (const auto& name : c.names()) {
    hub& events = c.at(name).events();
    events.invariants().add(
        {"no peer is lost", [&events, before = losses(events)] { return losses(events) == before; }});
  }
  c.run_for(minutes{10});
  c.expect(all_answer(c), "all reach each other after ten minutes");
}

}  // namespace

scenario idle(mutant) { return run; }

}  // namespace simulations
