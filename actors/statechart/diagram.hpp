// A machine as data, taken from its declarations, and as a picture.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/statechart/chart.hpp>
#include <vector>

namespace troupe::statechart {

/// Where the arrow of an actor's end leads.
inline constexpr state_id the_end = 0xfffe;

/// A handler that may change the state: in which state, at which event, and where it may go.
struct transition_info {
  state_id from = no_state;  ///< `no_state`: in any state
  std::string_view event;
  state_id to = no_state;  ///< `the_end`: the actor stops

  friend bool operator==(const transition_info&, const transition_info&) = default;
};

/// A machine, as declared. The names live as long as the program.
struct description {
  std::string_view name;
  std::vector<state_info> states;
  std::vector<state_id> beginnings;  ///< where it may begin
  std::vector<transition_info> transitions;
};

/// A `stateDiagram-v2` of Mermaid. Where a handler is for any state there is an arrow from each outermost state.
std::string to_mermaid(const description& d);

}  // namespace troupe::statechart
