// What happens to a machine besides the messages of its protocol.
#pragma once

#include <string_view>
#include <troupe/cell/terminated.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/machine/states.hpp>

namespace troupe {

/// The state has lasted as long as its `state_timeout` said.
struct state_timeout {};

/// Nothing has happened for as long as `event_timeout` said.
struct event_timeout {};

/// A change of state, for `on_transition`. The names live as long as the program.
struct state_change {
  std::string_view from;  ///< empty: the machine begins
  std::string_view to;    ///< the same as `from` where the state is repeated
  std::string_view by;    ///< the type of the message or event; empty: the start
};

namespace detail {

template <class Self>
struct find_own_events {
  using type = messages<>;
};
template <class Self>
requires requires { typename Self::events; }
struct find_own_events<Self> {
  using type = typename Self::events;
};

template <class Self>
struct find_states {
  using type = states<>;  // which state_list has a line for
};
template <class Self>
requires requires { typename Self::states; }
struct find_states<Self> {
  using type = typename Self::states;
};

/// The states of `Self`, as it lists them. REQUIRES: it is complete.
template <class Self>
using states_of = typename find_states<Self>::type;

template <class... As, class... Bs>
constexpr messages<As..., Bs...> joined(messages<As...>, messages<Bs...>) noexcept {
  return {};
}

/// What a machine consists of. REQUIRES: `Self` is complete.
template <class Self>
struct machine_parts_of {
  using list = state_list<states_of<Self>>;
  using protocol = typename Self::protocol;
  /// Those it sends itself.
  using own = typename find_own_events<Self>::type;
  /// Those that each state has to take.
  using taken = decltype(joined(protocol{}, own{}));
  using all = decltype(joined(taken{}, messages<state_timeout, event_timeout, terminated>{}));
  /// The number of an event.
  template <class E>
  static constexpr auto number_of = static_cast<std::uint16_t>(place_in<E>(all{}));
};

/// The name of an event in logs.
template <class E>
constexpr std::string_view event_name() noexcept {
  if constexpr (std::is_same_v<E, terminated>)
    return "terminated";
  else if constexpr (contracted<E>)
    return type_name_of<E>;
  else
    return last_name(cpp_type_name<E>);
}

}  // namespace detail
}  // namespace troupe
