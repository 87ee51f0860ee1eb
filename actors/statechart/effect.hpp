// What follows from an event: a list of effects that whoever runs the machine carries out in their order.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <string>
#include <troupe/statechart/outcome.hpp>

namespace troupe::statechart {

/// What is to be done.
enum class effect_kind : std::uint8_t {
  leave,         ///< the leave action of `state` is run
  change,        ///< `state` is the current one from here on; it was `from`, which may be the same
  enter,         ///< the enter action of `state` is run; what it asks for goes to `machine::entered` at once
  start_timer,   ///< `timer` is due in `delay`; the one that ran before is gone
  cancel_timer,  ///< `timer` is never due, unless it is started again
  timer_due,     ///< `timer` is due right now: its event is queued behind what is inserted
  insert,        ///< `event` is queued before all other events, behind those of this list
  put_aside,     ///< the event in hand is put aside
  retry,         ///< all that was put aside comes again, before what waits outside
  stop,          ///< the actor ends
  overrun,       ///< the machine goes in circles (SM8): the actor fails
};

/// One effect. Which members mean something depends on `what`.
struct effect {
  effect_kind what;
  state_id state = no_state;
  state_id from = no_state;
  timer_id timer = {};
  duration delay = {};
  std::uint16_t event = 0;
  std::uint32_t content = 0;  ///< that of the action

  friend constexpr bool operator==(const effect&, const effect&) noexcept = default;
};

/// Effects in their order.
using effects = boost::container::small_vector<effect, 8>;

/// One line, with the names of `c`: `leave red`, `change red -> green`, `start_timer state red 5000 ms`.
std::string to_string(const effect& e, const chart& c);

}  // namespace troupe::statechart
