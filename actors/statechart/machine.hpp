// A running machine: from what a handler asks for to the effects of it. Pure: the same state and the same question give the same
// answer, and nothing is done here.
//
// The order of effects is gen_statem's: the handler's own actions, the change of state, what the enter actions ask for, the event
// put aside, what was put aside before.
//
// Rules
//  SM1 A change is one to another leaf (CH1). Moving to where the machine is already is `keep`; `repeat` leaves and enters the
//      current state again, keeps its timer, and is no change.
//  SM2 An event that is put aside comes again after the next change, in its old order and before what waits. `move` with `postpone` is
//      such a change: the new state gets the event.
//  SM3 A state's timer ends when the state is left: one of a state around others runs on while the machine moves inside of it.
//  SM4 The timer `event` ends with any event.
//  SM5 A named timer ends when it is cancelled; starting any timer replaces the one of that name. Of several actions about one timer the
//      last counts, an enter action's after those of the handler.
//  SM6 A state timer that is asked for without a state belongs to the state whose handler or enter action asked, with a move to its
//      target. A handler for any state stands for the current one.
//  SM7 A timer of zero or less, but for `event`, is due at once, behind what is inserted; messages come after it.
//  SM8 Events that are inserted or due at once, and moves that put their event aside, may cause each other `chain_max` times in a row.
//      One more is an `overrun`: a machine that goes in circles would never get to another message.
#pragma once

#include <cstdint>
#include <troupe/statechart/chart.hpp>
#include <troupe/statechart/effect.hpp>
#include <troupe/statechart/outcome.hpp>

namespace troupe::statechart {

/// The handler is for any state (SM6).
inline constexpr state_id any_state = no_state;

/// See above (SM1-SM8). A value; not thread-safe.
class machine {
 public:
  /// A machine that has not begun. REQUIRES: `states` outlives it.
  constexpr machine(const chart& states, std::uint32_t chain_max) noexcept
      : states_(&states), chain_max_(chain_max) {}

  /// Where it is; `no_state` before it has begun.
  constexpr state_id state() const noexcept { return state_; }
  /// Where it was before it came there; `no_state` where it began.
  constexpr state_id previous() const noexcept { return previous_; }
  /// Whether that is `around`, or inside of it.
  constexpr bool is_in(state_id around) const noexcept {
    return state_ != no_state && states_->is_in(state_, around);
  }

  /// The beginning, as `first` says: a `move` begins elsewhere (CH1). REQUIRES: nothing is to be put aside or passed on.
  effects begin(const outcome& first);
  /// An event of any kind is going to be handled.
  effects event_comes();
  /// A handler of the state `handler` (`any_state`) has returned. REQUIRES: it did not pass the event on.
  effects handled(state_id handler, const outcome& what);
  /// The enter action of `s` has returned. REQUIRES: it inserts nothing.
  effects entered(state_id s, const actions& wanted);

  /// The effect `change` is carried out.
  constexpr void changed(const effect& change) noexcept {
    if (change.from != change.state) previous_ = change.from;
    state_ = change.state;
  }
  /// Nothing that was inserted, or was due at once, is left.
  constexpr void chain_ended() noexcept {
    if (!put_aside_) chain_ = 0;
  }

 private:
  void act(const actions& wanted, state_id owner, effects& out);
  void go(state_id from, state_id to, effects& out);
  bool count_one(effects& out);

  const chart* states_;
  std::uint32_t chain_max_;
  std::uint32_t chain_ = 0;  // SM8
  state_id state_ = no_state;
  state_id previous_ = no_state;
  bool event_timer_ = false;  // may run
  bool put_aside_ = false;    // the last event was, with a move
};

}  // namespace troupe::statechart
