// An actor that is a state machine, in the vocabulary of Erlang's gen_statem, with states inside states.
//
//     class door : public troupe::state_machine<door, code, push> {
//      public:
//       struct locked {};
//       struct open {};
//       using states = troupe::states<locked, open>;                     // begins in the first
//
//       replying<bool, open> when(locked, const code& m) {               // where it may go, and what it answers
//         if (m.digits != digits_) return false;                         // stays
//         return next_state<open>().reply(true).state_timeout(10s);
//       }
//       transition<locked> when(open, troupe::state_timeout) { return next_state<locked>(); }
//       bool when(open, const code&) { return true; }                    // a value alone: stays, and answers
//       void when(troupe::any_state, const push&) {}
//
//       void enter(open) { bell_.ring(); }                               // each time, however it got there
//     };
//
// Rules (those of statechart/machine.hpp, SM1-SM8, runner.hpp, MR1-MR3, step.hpp, ST1-ST2, and)
//  MA1 A handler is a public `when(State, const message&)`. An event goes to that of the current state, else of the nearest state
//      around it that has one, else to `when(any_state, ...)`; one that returns `pass()` hands it on in that order. What everybody
//      passes on is `on_unexpected`. A state that would not know a message or event is a compile error.
//  MA2 What a handler returns: nothing or the reply (stays), `transition<States...>`, for a message with a reply `replying<reply,
//      States...>`, a promise or a `delegated` (stays), or a task of one of the first three. One state alone may be `auto`.
//      A task has no promise to give, and does not pass its event on: it has waited with it.
//  MA3 Events of its own, for `next_event` and `timeout`, are listed in `using events = troupe::messages<...>`. Nobody can send them.
//  MA4 `enter(State)` and `leave(State)` run at each change (CH2), the first at the start. `enter` may return `actions`. A stop
//      runs no `leave`: `on_stop` can ask `in_state`.
//  MA5 A state machine starts with `init`, where other actors have `on_start`: it returns nothing, or a `transition` to where it
//      begins, or a task of either. A restart begins anew (S6).
//  MA6 Postponed messages are in the actor's stash (SH1-SH4): `stash_max` is their bound, 1000 unless the class says otherwise. So do
//      restart and stop end them.
//  MA7 `on_transition(const state_change&)`, if there is one, is told of each change, between leaving and entering.
//  MA8 `when(State, const terminated&)` hears of the actors that it watches. It can't be postponed and is no task.
//  MA9 Handlers don't interleave (AC4) and replies are not held (AC3): the state would change under a handler that waits.
#pragma once

#include <troupe/actor/actor.hpp>
#include <troupe/machine/dispatch.hpp>

namespace troupe {

/// See above (MA1-MA9). `Self` is the class that derives from it, `Ms` its protocol.
template <class Self, class... Ms>
class state_machine : public detail::machine_dispatch<Self, Ms...> {
  using staying_step = detail::step<Self, detail::staying>;

 public:
  /// How many messages may be postponed at once (MA6).
  static constexpr std::size_t stash_max = 1000;
  /// How many events it may make itself in a row (SM8).
  static constexpr std::uint32_t chain_max = 1000;

  /// What a handler returns that goes to one of `Ts` (ST1).
  template <class... Ts>
  using transition = detail::transition<Self, Ts...>;
  /// The same of a handler that answers with an `R` (ST2).
  template <class R, class... Ts>
  using replying = detail::replying<Self, R, Ts...>;
  /// What an enter action returns that starts or ends timers.
  using actions = detail::enter_actions<Self>;

  /// For `detail::hosted`: what the machine does when its actor starts.
  auto on_start() { return this->start_machine(); }

 protected:
  state_machine() = default;

  /// Goes to `S` (SM1).
  template <class S>
  static detail::step<Self, S> next_state() {
    detail::check_state<Self, S>();
    detail::wishes w;
    w.what.what = statechart::verdict::move;
    w.what.target = detail::machine_parts_of<Self>::list::template id_of<S>;
    return detail::step<Self, S>{std::move(w)};
  }
  /// Stays where it is.
  static staying_step keep_state() { return staying_step{{}}; }
  /// Leaves the current state and enters it again (SM1).
  static detail::step<Self, detail::repeating_state> repeat_state() {
    return step_of<detail::repeating_state>(statechart::verdict::repeat);
  }
  /// Leaves the event to the states around this one (MA1).
  static detail::step<Self, detail::passing> pass() {
    return step_of<detail::passing>(statechart::verdict::pass);
  }
  /// Ends the actor when this handler and the answer are done (L3). `how` is what its watchers hear.
  template <class Reason = exit_reason>
  static detail::step<Self, stopped> stop(Reason how = {}) {
    auto s = step_of<stopped>(statechart::verdict::stop);
    s.wanted().stops_for = std::make_unique<exit_reason>(std::move(how));
    return s;
  }
  /// Stays, and puts the event aside until the state has changed (SM2).
  static detail::step<Self, detail::staying, detail::postponed> postpone() { return keep_state().postpone(); }
  /// Stays, and answers.
  template <class V>
  static detail::step<Self, detail::staying, detail::answered_with<V>> reply(V value) {
    return keep_state().reply(std::move(value));
  }

 private:
  template <class To>
  static detail::step<Self, To> step_of(statechart::verdict what) {
    detail::wishes w;
    w.what.what = what;
    return detail::step<Self, To>{std::move(w)};
  }
};

}  // namespace troupe
