// The diagram of a machine, from its description.
#include <doctest/doctest.h>

#include <troupe/statechart/diagram.hpp>

namespace statechart_diagram_test {

using namespace troupe::statechart;

TEST_CASE(
    "a diagram shows states inside states, where each is entered, and an arrow from each outermost state for "
    "any") {
  description d;
  d.name = "lights";
  const auto states =
      with_firsts(std::array<state_info, 5>{{{"on"}, {"red", 0}, {"green", 0}, {"dark"}, {"broken"}}});
  d.states.assign(states.begin(), states.end());
  d.beginnings = {0};
  d.transitions = {
      {1, "tick", 2}, {2, "tick", 1}, {0, "dusk", 3}, {no_state, "fault", 4}, {4, "give_up", the_end}};
  CHECK(to_mermaid(d) == R"(stateDiagram-v2
    [*] --> on
    state on {
        [*] --> red
        red
        green
    }
    dark
    broken
    red --> green : tick
    green --> red : tick
    on --> dark : dusk
    on --> broken : fault
    dark --> broken : fault
    broken --> [*] : give_up
)");
}

}  // namespace statechart_diagram_test
