// Which handler of a machine takes which event in which state: found at compile time, once for each.
#pragma once

#include <array>
#include <cstddef>
#include <troupe/machine/events.hpp>
#include <troupe/task/task.hpp>
#include <tuple>
#include <utility>

namespace troupe::detail {

/// Converts to a `P` and to nothing else: not to a state that `P` is inside of.
template <class P>
struct exactly {
  template <class T>
  requires std::is_same_v<T, P>
  operator T() const;
};

/// Whether `Self` has a handler of its own for an `E` in `P`.
template <class Self, class P, class E>
concept has_when = requires(Self& s, const E& e) {
  s.when(exactly<P>{}, e);
};
template <class Self, class P>
concept has_enter = requires(Self& s) {
  s.enter(exactly<P>{});
};
template <class Self, class P>
concept has_leave = requires(Self& s) {
  s.leave(exactly<P>{});
};

/// What the handler returns.
template <class Self, class P, class E>
using returned_by = decltype(std::declval<Self&>().when(P{}, std::declval<const E&>()));

template <class T>
struct untasked {
  using type = T;
  static constexpr bool is_task = false;
};
template <class T>
struct untasked<task<T>> {
  using type = T;
  static constexpr bool is_task = true;
};

/// The handlers of `Self`, whose states are `Ss`. Places: those of the states, and behind them that of `any_state`.
template <class Self, class List = states_of<Self>>
struct handlers_of;

template <class Self, class... Ss>
struct handlers_of<Self, states<Ss...>> {
  using parts = machine_parts_of<Self>;
  static constexpr std::size_t size = sizeof...(Ss);
  static constexpr std::size_t for_any = size;
  static constexpr std::size_t none = size + 1;
  template <std::size_t I>
  using state_at = std::tuple_element_t<I, std::tuple<Ss..., any_state>>;

  template <class E>
  static constexpr std::array<bool, size + 1> exists{has_when<Self, Ss, E>..., has_when<Self, any_state, E>};

  /// The place of the handler for an `E` in the state `s`: of the state itself, of the nearest around it, or for any state.
  template <class E>
  static constexpr std::size_t nearest(statechart::state_id s) {
    for (; s != statechart::no_state; s = parts::list::chart.parent(s))
      if (exists<E>[s]) return s;
    return exists<E>[for_any] ? for_any : none;
  }
  /// The place of the handler that gets what the one at `place` passes on.
  template <class E>
  static constexpr std::size_t above(std::size_t place) {
    return place == for_any ? none
                            : nearest<E>(parts::list::chart.parent(static_cast<statechart::state_id>(place)));
  }

  /// Whether each state that can be the current one takes an `E`.
  template <class E>
  static constexpr bool is_total() {
    for (std::size_t s = 0; s < size; ++s)
      if (!parts::list::chart.is_composite(static_cast<statechart::state_id>(s)) &&
          nearest<E>(static_cast<statechart::state_id>(s)) == none)
        return false;
    return true;
  }
  template <class... Es>
  static constexpr bool all_total(messages<Es...>) {
    return (is_total<Es>() && ...);
  }
  template <class E>
  static constexpr bool anywhere() {
    for (const bool here : exists<E>)
      if (here) return true;
    return false;
  }
};

}  // namespace troupe::detail
