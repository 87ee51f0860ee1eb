// The states of a machine, as types: empty structs, listed once. A struct that derives from another state is inside of it.
//
//     struct operating {};
//     struct red : operating {};
//     struct green : operating {};
//     struct night {};
//     using states = troupe::states<operating, red, green, night>;   // begins in red (CH1)
#pragma once

#include <array>
#include <string_view>
#include <troupe/contract/type_name.hpp>
#include <troupe/ref/protocol.hpp>
#include <troupe/statechart/chart.hpp>
#include <type_traits>

namespace troupe {

/// The states of a machine.
template <class... Ss>
struct states {
  /// Whether `S` is one of them.
  template <class S>
  static constexpr bool has = (std::is_same_v<S, Ss> || ...);
  static constexpr std::size_t size = sizeof...(Ss);
};

/// Stands for each state: `when(any_state, const message&)` is asked after all states around the current one.
struct any_state {};

/// Where a machine goes that stops its actor: `transition<stopped>`, returned as `stop()`.
struct stopped {};

namespace detail {

/// The last name of a type: `red` of `lights::(anonymous namespace)::red`.
constexpr std::string_view last_name(std::string_view name) noexcept {
  std::size_t from = 0;
  int depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '<' || name[i] == '(') ++depth;
    if (name[i] == '>' || name[i] == ')') --depth;
    if (name[i] == ':' && depth == 0) from = i + 1;
  }
  return name.substr(from);
}

template <class T, class... Ts>
constexpr std::size_t place_in(messages<Ts...>) noexcept {
  std::size_t at = 0;
  static_cast<void>(((std::is_same_v<T, Ts> || (++at, false)) || ...));
  return at;
}

/// What is asked of a list of states.
template <class List>
struct state_list;

template <class... Ss>
struct state_list<states<Ss...>> {
  static constexpr std::size_t size = sizeof...(Ss);

  template <class S>
  static constexpr auto id_of = static_cast<statechart::state_id>(place_in<S>(messages<Ss...>{}));

  // Whether P is around S and no other listed state is between them.
  template <class S, class P>
  static constexpr bool is_parent() {
    if constexpr (std::is_same_v<S, P> || !std::is_base_of_v<P, S>)
      return false;
    else
      return !((!std::is_same_v<Ss, S> && !std::is_same_v<Ss, P> && std::is_base_of_v<P, Ss> &&
                std::is_base_of_v<Ss, S>) ||
               ...);
  }
  template <class S>
  static constexpr std::size_t parents = (std::size_t{is_parent<S, Ss>()} + ... + 0);
  template <class S>
  static constexpr statechart::state_id parent_of() {
    statechart::state_id found = statechart::no_state;
    (static_cast<void>(is_parent<S, Ss>() ? found = id_of<Ss> : found), ...);
    return found;
  }

  static constexpr std::array<statechart::state_info, size> table =
      statechart::with_firsts(std::array<statechart::state_info, size>{
          statechart::state_info{last_name(cpp_type_name<Ss>), parent_of<Ss>()}...});
  static constexpr statechart::chart chart{table};

  static constexpr bool names_differ() {
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (table[i].name == table[j].name) return false;
    return true;
  }
  static constexpr bool too_deep() {
    for (std::size_t i = 0; i < size; ++i)
      if (chart.depth(static_cast<statechart::state_id>(i)) >= statechart::depth_max) return true;
    return false;
  }

  /// What is wrong with the list, in one line a mistake.
  static consteval bool check() {
    static_assert(size > 0 && size <= statechart::states_max,
                  "troupe: a state machine lists its states, 1 to 1000: using states = troupe::states<...>");
    static_assert(((std::is_empty_v<Ss> && std::is_default_constructible_v<Ss>)&&...),
                  "troupe: a state is an empty struct; what it remembers is the actor's own data");
    static_assert(((place_in<Ss>(messages<Ss...>{}) < size) && ...) && names_differ(),
                  "troupe: each state is listed once, and no two have the same name");
    static_assert(((parents<Ss> <= 1) && ...), "troupe: a state is inside of one other at most");
    static_assert(!too_deep(), "troupe: states may be 16 deep inside each other");
    return true;
  }
};

}  // namespace detail
}  // namespace troupe
