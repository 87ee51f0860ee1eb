// What a handler of a machine returns: `next_state<open>().reply(true).state_timeout(10s)`, and the return types that say where it
// may go, `transition<open, alarm>` and `replying<bool, open>`.
//
// Rules
//  ST1 A return type names each state that its handler may go to, and `stopped` where it may stop the actor; keeping, repeating,
//      postponing and passing need no name. The diagram of a machine is made of these types, so it can't be out of date.
//  ST2 A message with a reply is answered by the step (`reply`, `fail`), later (`later`), or put aside (`postpone`); to forget it does
//      not compile. What the step answers is sent after the change, when its enter actions have returned.
#pragma once

#include <concepts>
#include <optional>
#include <troupe/actor/delegate.hpp>
#include <troupe/actor/promise.hpp>
#include <troupe/base/error.hpp>
#include <troupe/machine/events.hpp>
#include <troupe/machine/wishes.hpp>

namespace troupe::detail {

// Where a step may go that is no state.
struct staying {};
struct repeating_state {};
struct passing {};

// How a step answers.
struct unanswered {};
struct postponed {};
template <class V>
struct answered_with {
  V value;
};
template <class R>
struct answered_later {};

/// One step of `Self`, to the state `To`. Made by `state_machine`, with `next_state` and so on; given away by returning it.
template <class Self, class To, class Answer = unanswered>
class [[nodiscard]] step {
 public:
  explicit step(wishes w, Answer a = {}) : wishes_(std::move(w)), answer_(std::move(a)) {}

  /// `state_timeout` comes when the state has lasted so long (SM3, SM6); replaces the one before.
  step state_timeout(duration how_long) && {
    wishes_.start(statechart::timer_kind::state, how_long);
    return std::move(*this);
  }
  /// It does not come.
  step cancel_state_timeout() && {
    wishes_.cancel({statechart::timer_kind::state, statechart::no_state});
    return std::move(*this);
  }
  /// `event_timeout` comes when no event has for so long (SM4); zero: when no message waits.
  step event_timeout(duration how_long) && {
    wishes_.start(statechart::timer_kind::event, how_long);
    return std::move(*this);
  }
  /// The event `what` comes in `how_long`, whatever the state is then (SM5); replaces the one of its type.
  template <class E>
  step timeout(duration how_long, E what) && {
    check_event<E>();
    wishes_.start(number_of<E>(), how_long, engine::make_envelope<E>(message_type_of<E>, std::move(what)));
    return std::move(*this);
  }
  /// The `E` that a `timeout` was to bring does not come.
  template <class E>
  step cancel_timeout() && {
    check_event<E>();
    wishes_.cancel({statechart::timer_kind::named, number_of<E>()});
    return std::move(*this);
  }
  /// The event `what` is handled next, before all that wait (SM8). Several keep their order.
  template <class E>
  step next_event(E what) && {
    check_event<E>();
    wishes_.insert(number_of<E>(), engine::make_envelope<E>(message_type_of<E>, std::move(what)));
    return std::move(*this);
  }

  /// The event comes again when the state has changed (SM2): at once where this step changes it.
  step<Self, To, postponed> postpone() && {
    check_unanswered();
    wishes_.what.postpone = true;
    return step<Self, To, postponed>{std::move(wishes_)};
  }
  /// Answers the message with `value`, or with the `result` that it is.
  template <class V>
  step<Self, To, answered_with<V>> reply(V value) && {
    check_unanswered();
    return step<Self, To, answered_with<V>>{std::move(wishes_), {std::move(value)}};
  }
  /// Answers the message with an error.
  step<Self, To, answered_with<error>> fail(error why) && {
    check_unanswered();
    return step<Self, To, answered_with<error>>{std::move(wishes_), {std::move(why)}};
  }
  /// The answer is given through `owed`, of which the machine keeps a copy.
  template <class R>
  step<Self, To, answered_later<R>> later(const promise<R>& owed) && {
    check_unanswered();
    static_cast<void>(owed);
    return step<Self, To, answered_later<R>>{std::move(wishes_)};
  }
  /// Somebody else answers.
  template <class R>
  step<Self, To, answered_later<R>> later(delegated<R>) && {
    check_unanswered();
    return step<Self, To, answered_later<R>>{std::move(wishes_)};
  }

  // ---- for `transition` and `replying`
  /// What is to be done.
  wishes& wanted() noexcept { return wishes_; }
  /// How it is answered.
  Answer& answer() noexcept { return answer_; }

 private:
  template <class E>
  static constexpr bool is_event() {
    return machine_parts_of<Self>::taken::template has<E>;
  }
  template <class E>
  static void check_event() {
    static_assert(
        is_event<E>(),
        "troupe: this machine has no such event: list it in `using events = troupe::messages<...>`");
  }
  template <class E>
  static constexpr std::uint16_t number_of() {
    return machine_parts_of<Self>::template number_of<E>;
  }
  static void check_unanswered() {
    static_assert(std::is_same_v<Answer, unanswered>, "troupe: a step answers once, or postpones");
  }

  wishes wishes_;
  [[no_unique_address]] Answer answer_;
};

/// Says in one line that `S` is no state of `Self`, however often it is named.
template <class Self, class S>
constexpr bool check_state() {
  static_assert(states_of<Self>::template has<S> || std::is_same_v<S, stopped>,
                "troupe: this is no state of the machine: list it in `using states = troupe::states<...>`");
  return states_of<Self>::template has<S>;
}

/// Says in one line that a handler whose type names `Ts` takes a step to `To` (ST1).
template <class Self, class To, class... Ts>
constexpr void check_step() {
  constexpr bool is_named = (std::is_same_v<To, Ts> || ...);
  // What is no state at all has been said already.
  constexpr bool needs_name = std::is_same_v<To, stopped> || states_of<Self>::template has<To>;
  static_assert(!needs_name || is_named,
                "troupe: this handler's return type does not name the state it goes to: transition<...>, or "
                "replying<reply, ...>");
}

/// What a handler returns that goes to one of `Ts`, or stays.
template <class Self, class... Ts>
class [[nodiscard]] transition {
 public:
  template <class To, class Answer>
  transition(step<Self, To, Answer> s) : wishes_(std::move(s.wanted())) {
    check_step<Self, To, Ts...>();
    static_assert(std::is_same_v<Answer, unanswered> || std::is_same_v<Answer, postponed>,
                  "troupe: a handler that answers returns replying<reply, states...>");
  }
  /// What is to be done.
  wishes& wanted() noexcept { return wishes_; }

 private:
  wishes wishes_;
};

/// The same of a handler whose message is answered with an `R` (ST2).
template <class Self, class R, class... Ts>
class [[nodiscard]] replying {
 public:
  template <class To, class Answer>
  replying(step<Self, To, Answer> s) : wishes_(std::move(s.wanted())) {
    check_step<Self, To, Ts...>();
    take(std::move(s.answer()));
    static_assert(!std::is_same_v<Answer, unanswered> || std::is_same_v<To, passing>,
                  "troupe: this message has a reply: add .reply(value), .fail(error), .later(promise) or "
                  ".postpone() to the step");
  }
  /// Stays, and answers with `value`.
  template <class V>
  requires(std::convertible_to<V, R> || std::same_as<V, error> || std::same_as<V, result<R>>)
      replying(V value) {
    take(answered_with<V>{std::move(value)});
  }
  /// What is to be done.
  wishes& wanted() noexcept { return wishes_; }
  /// The answer; none: it is given later.
  std::optional<result<R>>& answer() noexcept { return answer_; }

 private:
  template <class V>
  void take(answered_with<V> with) {
    if constexpr (std::same_as<V, result<R>> || std::same_as<V, error>) {
      answer_.emplace(std::move(with.value));
    } else if constexpr (std::convertible_to<V, R>) {
      R value = std::move(with.value);
      answer_.emplace(std::move(value));
    } else {
      static_assert(std::convertible_to<V, R>, "troupe: the step answers with what is no `using reply`");
    }
  }
  void take(unanswered) {}
  void take(postponed) {}
  template <class L>
  void take(answered_later<L>) {
    static_assert(std::same_as<L, R>, "troupe: the promise is for another reply than the message's");
  }

  wishes wishes_;
  std::optional<result<R>> answer_;
};

/// What an enter action returns that starts or ends timers.
template <class Self>
class [[nodiscard]] enter_actions {
 public:
  template <class To, class Answer>
  enter_actions(step<Self, To, Answer> s) : wishes_(std::move(s.wanted())) {
    static_assert(std::is_same_v<To, staying> && std::is_same_v<Answer, unanswered>,
                  "troupe: an enter action only starts or ends timers: keep_state().state_timeout(1s)");
    for (const statechart::action& a : wishes_.what.wanted)
      if (a.what == statechart::action_kind::insert)
        throw failed{
            {errc::invalid, "an enter action inserts no event (gen_statem's rule): use a timeout of zero"}};
  }
  /// What is to be done.
  wishes& wanted() noexcept { return wishes_; }

 private:
  wishes wishes_;
};

}  // namespace troupe::detail
