// What a handler asks for: where to go, and what else, in the vocabulary of Erlang's gen_statem. Plain data.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <troupe/base/units.hpp>
#include <troupe/statechart/chart.hpp>

namespace troupe::statechart {

/// The kinds of timers.
enum class timer_kind : std::uint8_t {
  state,  ///< of a state: ends when that is left
  event,  ///< ends with the next event of any kind
  named,  ///< runs on whatever the state is
};

/// A timer. There is one of each.
struct timer_id {
  timer_kind kind = timer_kind::state;
  /// The state it belongs to, or the number of the event that a named one becomes. In what a handler asks for, `no_state` means
  /// the state that the handler or the change is about (SM6).
  std::uint16_t of = no_state;

  friend constexpr bool operator==(timer_id, timer_id) noexcept = default;
};

/// What an action does.
enum class action_kind : std::uint8_t {
  start,   ///< (re)starts a timer
  cancel,  ///< ends one
  insert,  ///< an event to be handled next
};

/// One action.
struct action {
  action_kind what = action_kind::start;
  timer_id timer = {};
  duration delay = {};
  std::uint16_t event = 0;    ///< the number of the event that is inserted
  std::uint32_t content = 0;  ///< the place of what it carries, in a list that its maker keeps

  friend constexpr bool operator==(const action&, const action&) noexcept = default;
};

/// Actions in the order they were asked for.
using actions = boost::container::small_vector<action, 2>;

/// What becomes of the state.
enum class verdict : std::uint8_t {
  keep,    ///< nothing
  move,    ///< to another one
  repeat,  ///< it is left and entered again
  pass,    ///< the handler does not take the event: the state around is to
  stop,    ///< the actor ends
};

/// What a handler asks for.
struct outcome {
  verdict what = verdict::keep;
  state_id target = no_state;  ///< of a move
  bool postpone = false;       ///< the event is put aside until the state changes
  actions wanted = {};
};

}  // namespace troupe::statechart
