// The states of a machine as a table: which is inside which, and where one is entered.
//
// Rules
//  CH1 A state that others are inside of is never the current one by itself: who goes there goes on to the first state that is
//      listed inside of it, and so on, down to a state that has none. (SCXML's rule for a state without `initial`.) The machine
//      begins in the first state of the list that is inside of no other.
//  CH2 A change of state leaves, innermost first, what the new state is not inside of, and enters, outermost first, what the old
//      one was not inside of. What is around both is neither left nor entered.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace troupe::statechart {

/// A state, by its place in the list.
using state_id = std::uint16_t;

/// No state: outside of all of them.
inline constexpr state_id no_state = 0xffff;

/// How many states a machine may have.
inline constexpr std::size_t states_max = 1000;

/// How deep states may be inside each other.
inline constexpr std::size_t depth_max = 16;

/// One state.
struct state_info {
  std::string_view name;
  state_id parent = no_state;  ///< the state it is inside of
  state_id first = no_state;   ///< where it is entered (CH1); `no_state` where none is inside of it
};

/// The table, with each `first` filled in (CH1).
template <std::size_t N>
constexpr std::array<state_info, N> with_firsts(std::array<state_info, N> states) noexcept {
  for (std::size_t i = N; i-- > 0;)
    if (states[i].parent != no_state) states[states[i].parent].first = static_cast<state_id>(i);
  return states;
}

/// A view of such a table. A value; it does not own the table.
class chart {
 public:
  /// REQUIRES: `states` outlives it, and comes from `with_firsts`.
  constexpr explicit chart(std::span<const state_info> states) noexcept : states_(states) {}

  /// How many states there are.
  constexpr std::size_t size() const noexcept { return states_.size(); }
  /// The name of a state; empty for `no_state`.
  constexpr std::string_view name(state_id s) const noexcept {
    return s == no_state ? std::string_view{} : states_[s].name;
  }
  /// The state around it, `no_state` for none.
  constexpr state_id parent(state_id s) const noexcept { return states_[s].parent; }
  /// Whether states are inside of it.
  constexpr bool is_composite(state_id s) const noexcept { return states_[s].first != no_state; }

  /// Where a machine begins (CH1).
  constexpr state_id beginning() const noexcept {
    for (std::size_t i = 0; i < states_.size(); ++i)
      if (states_[i].parent == no_state) return leaf_of(static_cast<state_id>(i));
    return no_state;
  }
  /// Where one ends up who goes to `s` (CH1).
  constexpr state_id leaf_of(state_id s) const noexcept {
    while (states_[s].first != no_state) s = states_[s].first;
    return s;
  }
  /// Whether `s` is `around`, or inside of it.
  constexpr bool is_in(state_id s, state_id around) const noexcept {
    for (; s != no_state; s = states_[s].parent)
      if (s == around) return true;
    return false;
  }
  /// The innermost state that is around both, or one of them; `no_state` for none.
  constexpr state_id around(state_id a, state_id b) const noexcept {
    for (; a != no_state; a = states_[a].parent)
      if (is_in(b, a)) return a;
    return no_state;
  }
  /// How many states are around it.
  constexpr std::size_t depth(state_id s) const noexcept {
    std::size_t n = 0;
    for (s = states_[s].parent; s != no_state; s = states_[s].parent) ++n;
    return n;
  }

 private:
  std::span<const state_info> states_;
};

}  // namespace troupe::statechart
