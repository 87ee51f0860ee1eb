// Plain CAF actors with threads of their own in a simulation (CL2).
#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <troupe/simulate/simulate.hpp>
#include <troupe/troupe.hpp>

namespace simulate_threads_test {

namespace {

using namespace troupe;

/// A node on which `spawn` starts something, by the program or, `later`, by a fault's restart.
simulated with(const std::function<caf::actor(caf::actor_system&)>& spawn, bool later = false) {
  simulation what{.shrink_runs_max = 0};
  what.faults = later ? parse_faults("1s crash n1 1s").value() : std::vector<fault>{};
  return simulate(what, [&](cluster& c) {
    const auto starts = std::make_shared<int>(0);
    c.add("n1", [=](troupe::system& sys) -> std::shared_ptr<void> {
      if (++*starts == (later ? 2 : 1)) return std::make_shared<caf::actor>(spawn(sys.caf()));
      return {};
    });
    c.add("n2", {});
    c.start();
    c.run_for(seconds{5});
  });
}

// With an argument: CAF 0.17's header reads through a null pointer where there is none.
caf::behavior takes_numbers(caf::event_based_actor*, int) {
  return {[](int) {}};
}

const std::string refused =
    "invalid: on n1 runs a CAF actor with a thread of its own: a simulation has one thread. Spawn it without "
    "caf::detached, and as an event_based_actor where it is a blocking one";

}  // namespace

TEST_CASE(
    "CL2: a CAF actor with a thread of its own ends the run with its node's name, and what to do instead") {
  for (const bool later : {false, true}) {
    const auto detached =
        with([](caf::actor_system& s) { return s.spawn<caf::detached>(takes_numbers, 0); }, later);
    REQUIRE(detached.failures.size() == 1);
    CHECK(detached.failures.front().why == refused);
    const auto blocking = with(
        [](caf::actor_system& s) {
          return s.spawn([](caf::blocking_actor* self, int) { self->receive([](int) {}); }, 0);
        },
        later);
    REQUIRE(blocking.failures.size() == 1);
    CHECK(blocking.failures.front().why == refused);
  }
}

TEST_CASE("CL2: an event-based one does not") {
  CHECK(with([](caf::actor_system& s) { return s.spawn(takes_numbers, 0); }).failures.empty());
}

}  // namespace simulate_threads_test
