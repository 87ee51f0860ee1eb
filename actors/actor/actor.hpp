// `actor<Messages...>`: derive from it, write one `on` for each message.
//
//     struct add { int n; using reply = int; };
//
//     class counter : public troupe::actor<add> {
//      public:
//       int on(const add& m) { return total_ += m.n; }
//
//      private:
//       int total_ = 0;
//     };
//
// Rules
//  AC1 For each message of the protocol there is a public `on`. It takes the message by const reference or by
//      value and returns its `using reply` (void where it has none), a `troupe::result` of that, a
//      `troupe::task` of either, or a `troupe::promise` or `troupe::delegated` of the reply.
//  AC2 A returned value is the reply; a returned error answers with that error; a throw is the actor's failure.
//  AC3 With `static constexpr bool held_replies = true;` replies leave only after `on_turn_end()` has returned:
//      what is acknowledged is then as durable as that function makes it. If the actor fails before, the
//      requests of the turn are put back, in their order, and run again after the restart; their askers see a
//      delay.
//  AC5 A class with `State snapshot()` and `void restore(State)` keeps that state over a restart (S6), which is off for all others: the
//      old object's is taken before its `on_stop`, also when it has failed in the middle of a change, and given to the new one before its
//      `on_start`. A start that fails is tried again without it; so is one behind a final stop.
//  AC6 With `static constexpr bool keeps_children = true;` the children of an actor that is restarted live on, and are the new object's (S6): its
//      `on_start` finds them as it was left, whatever the old one knew of them. They stay while it waits to be made anew, and where that start fails. A child
//      that fails meanwhile is stopped. A stop takes them along as any other's.
//  AC4 A message in the class's `using interleaved = troupe::messages<...>` lets others in while its coroutine waits (M7).
#pragma once

#include <concepts>
#include <troupe/actor/actor_base.hpp>
#include <troupe/actor/adapter.hpp>
#include <troupe/actor/in_hand.hpp>
#include <troupe/actor/priorities.hpp>

namespace troupe {

namespace detail {

/// Whether no type of a list comes twice.
template <class... Ms>
constexpr bool all_different() {
  [[maybe_unused]] const auto once = []<class M>(std::type_identity<M>) {
    return (std::size_t{0} + ... + std::size_t{std::is_same_v<M, Ms>}) == 1;
  };
  return (once(std::type_identity<Ms>{}) && ...);
}

}  // namespace detail

/// The base of an actor that understands `Ms`.
template <class... Ms>
class actor : public actor_base {
  static_assert(detail::all_different<Ms...>(), "troupe: a message stands twice in the actor's protocol");

 public:
  using protocol = messages<Ms...>;

 protected:
  /// An exact ref to this actor (L5).
  ref<Ms...> self() const { return ref<Ms...>{own_address()}; }

  /// A ref of another protocol that leads to this actor: what comes there is handled as the message of its own that `turn` makes
  /// of it, and answered through `back` where the replies differ (adapter.hpp, AD1-AD5). Keep the ref where you hand it out again.
  template <class... Ts, class F, class G = detail::no_way_back>
  ref<Ts...> adapt(F&& turn, G&& back = {}) {
    static_assert(
        (std::is_reference_v<F> || std::is_trivially_destructible_v<F>)&&(
            std::is_reference_v<G> || std::is_trivially_destructible_v<G>),
        "troupe: g++ 12 destroys what a lambda captures inside co_await twice: pass adapt a named lambda");
    if constexpr (detail::adapts_all<protocol, std::decay_t<F>, std::decay_t<G>>(protocol_of<Ts...>{}))
      return ref<Ts...>{detail::make_adapter<protocol_of<Ts...>>(
          own_cell(), this->adapters(), std::forward<F>(turn), std::forward<G>(back))};
    else
      return {};
  }
};

namespace detail {

/// How a handler answers.
enum class answers : std::uint8_t { at_once, in_a_task, otherwise };

template <class T>
struct handler_result {
  using value = T;
  static constexpr answers how = answers::at_once;
};
template <class T>
struct handler_result<task<T>> {
  using value = T;
  static constexpr answers how = answers::in_a_task;
};
template <class T>
struct handler_result<promise<T>> {
  using value = T;
  static constexpr answers how = answers::otherwise;
};
template <class T>
struct handler_result<delegated<T>> {
  using value = T;
  static constexpr answers how = answers::otherwise;
};

template <class A, class M>
concept handles = requires(A& a, M& m) {
  a.on(static_cast<M&&>(m));
};

/// How `A` answers an `M`.
template <class A, class M>
using how_answered = handler_result<decltype(std::declval<A&>().on(std::declval<M>()))>;

/// Whether a handler may return `R` for a message that is answered with `Reply` (AC1).
template <class R, class Reply>
concept fitting_reply = std::same_as<R, Reply> || std::same_as<R, result<Reply>> ||
    (std::same_as<Reply, unit> && (std::is_void_v<R> || std::same_as<R, result<void>>));

template <class A>
consteval bool holds_replies() {
  if constexpr (requires { A::held_replies; })
    return A::held_replies;
  else
    return false;
}

template <class A>
consteval std::size_t stash_max_of() {
  if constexpr (requires { A::stash_max; })
    return A::stash_max;
  else
    return 0;
}

template <class A>
consteval bool keeps_children_of() {
  if constexpr (requires { A::keeps_children; })
    return A::keeps_children;
  else
    return false;
}

/// Whether other messages are let in while a coroutine handler of `M` waits (M7).
template <class A, class M>
consteval bool is_interleaved() {
  if constexpr (requires { typename A::interleaved; })
    return A::interleaved::template has<M>;
  else
    return false;
}

/// Whether an `A` keeps its state over a restart (AC5).
template <class A>
concept carries_state = requires(A& a) {
  a.restore(a.snapshot());
};

/// The state of an `A` between two of its objects.
template <class A>
struct state_of final : carried_state {
  using type = decltype(std::declval<A&>().snapshot());
  explicit state_of(type taken) : state(std::move(taken)) {}
  type state;
};

/// What an `on_start` returns that has only begun: the actor has started when `cell::start_finished` is called. For layers above, whose
/// start depends on other actors' (supervision/tree).
struct starts_later {};

/// A user's actor with its dispatch: the only place that knows both the class and its protocol.
template <class A>
class hosted final : public A {
  // constexpr and here: of a consteval one clang 14 says that it can't be called in `receive`.
  static constexpr bool has_receive_timeout() {
    return !std::is_same_v<decltype(&hosted::on_receive_timeout), void (actor_base::*)()>;
  }

 public:
  template <class... Args>
  explicit hosted(Args&&... args) : A(std::forward<Args>(args)...) {}

  bool start_body() override {
    using returned = decltype(this->on_start());
    static_assert(std::is_void_v<returned> || std::is_same_v<returned, task<void>> ||
                      std::is_same_v<returned, starts_later>,
                  "troupe: on_start returns void or troupe::task<void>");
    if constexpr (std::is_same_v<returned, starts_later>) {
      this->on_start();
      return false;
    } else if constexpr (std::is_void_v<returned>) {
      this->on_start();
      return true;
    } else {
      this->run_start(this->on_start());
      return false;  // it says so itself
    }
  }

  std::unique_ptr<carried_state> carry_body_state() override {
    if constexpr (carries_state<A>)
      return std::make_unique<state_of<A>>(this->snapshot());
    else
      return {};
  }

  void take_body_state(carried_state& from) override {
    if constexpr (carries_state<A>) this->restore(std::move(static_cast<state_of<A>&>(from).state));
  }

  void receive(delivery& d) override {
    if constexpr (has_receive_timeout()) this->handled();
    if (!dispatch(d, typename A::protocol{})) [[unlikely]]
      receive_other(d);
  }

  /// Whether an `A` traps the ends of those that it is linked to.
  static constexpr bool wants_link_ends() {
    return !std::is_same_v<decltype(&hosted::on_link_ended), void (actor_base::*)(const link_ended&)>;
  }

  /// Whether the end of a turn means anything to an `A`.
  static constexpr bool wants_turn_end() {
    if constexpr (std::is_same_v<decltype(&hosted::on_turn_end), void (actor_base::*)()>)
      return holds_replies<A>();
    else
      return true;
  }

 private:
  void receive_other(delivery& d) {
    if (d->type == &terminated_type)
      this->on_terminated(d->template as<terminated>());
    else if (d->type == &restarted_type)
      this->on_restarted(d->template as<restarted>());
    else if (d->type == &link_ended_type)
      this->on_link_ended(d->template as<link_ended>());
    else if (!is_adapted(*d->type))
      run_fallback(*this, d);
    else if (turn_adapted(this->own_cell(), d))
      static_cast<void>(
          dispatch(d, typename A::protocol{}));  // it is of the protocol: `adapt` has seen to that
  }

  template <class... Ms>
  bool dispatch(delivery& d, messages<Ms...>) {
    return ((d->type == &message_type_of<Ms> && (run<Ms>(d), true)) || ...);
  }

  template <class M>
  void run(delivery& d) {
    static_assert(handles<A, M>,
                  "troupe: this actor has no public handler `on` for a message of its protocol");
    M& m = d->as<M>();
    if constexpr (handles<A, M>) {
      // A message that may be run again or go on (put back, retried, stashed, forwarded) must stay whole: give the handler a
      // copy if it wants one.
      if constexpr (may_go_on<M>()) {
        static_assert(
            handles<A, const M>,
            "troupe: a handler that may stash or forward a message that can't be copied takes it by const "
            "reference");
        invoke<M>(d, std::as_const(m));
      } else if constexpr (handles<A, const M> && (std::is_trivially_copyable_v<M> || only_looks_at<M>())) {
        invoke<M>(d, std::as_const(m));
      } else {
        if constexpr (std::copy_constructible<M>)
          if (holds_replies<A>() || this->may_run_again()) return invoke<M>(d, std::as_const(m));
        invoke<M>(d, std::move(m));
      }
    }
  }

  // Whether nothing but what is left of an `M` may be in the envelope once its handler, who got an rvalue, has begun.
  template <class M>
  static consteval bool takes_by_value() {
    using returned = decltype(std::declval<A&>().on(std::declval<M>()));
    return !requires { static_cast<returned (A::*)(const M&)>(&A::on); }
    &&!requires { static_cast<returned (A::*)(const M&) const>(&A::on); };
  }

  // Whether the handler of an `M` has it by const reference, and no other way: then nothing can happen to it.
  template <class M>
  static consteval bool only_looks_at() {
    using returned = decltype(std::declval<A&>().on(std::declval<M>()));
    return !takes_by_value<M>() && !requires { static_cast<returned (A::*)(M &&)>(&A::on); }
    &&!requires { static_cast<returned (A::*)(M &&) const>(&A::on); };
  }

  // Whether the handler may give the message itself away.
  template <class M>
  static constexpr bool may_go_on() {
    if constexpr (how_answered<A, M>::how == answers::otherwise)
      return true;
    else
      return stash_max_of<A>() != 0 && how_answered<A, M>::how == answers::at_once;
  }

  template <class M, class Arg>
  void invoke(delivery& d, Arg&& m) {
    using how = how_answered<A, M>;
    constexpr bool returns_reply = fitting_reply<typename how::value, reply_of<M>>;
    constexpr bool has_reply = requires { typename M::reply; };
    static_assert(returns_reply || !has_reply,
                  "troupe: the handler's return type is not the message's `using reply`");
    static_assert(
        returns_reply || has_reply,
        "troupe: the handler returns a value, but its message has no `using reply`: add one, or return void");
    static_assert(how::how != answers::otherwise || !holds_replies<A>(),
                  "troupe: an actor with held_replies answers in its handler: no promise, no delegate");
    if constexpr (!returns_reply) {
      return;  // what follows from the mistake is not said as well
    } else if constexpr (may_go_on<M>()) {
      const message_in_hand hand{d};
      call<M>(d, std::forward<Arg>(m));
    } else {
      call<M>(d, std::forward<Arg>(m));
    }
  }

  template <class M, class Arg>
  void call(delivery& d, Arg&& m) {
    if constexpr (std::is_same_v<Arg, M> && takes_by_value<M>()) {
      try {
        call_and_answer<M>(d, std::forward<Arg>(m));
      } catch (...) {
        if (d) d->hollow = 1;
        throw;
      }
    } else {
      call_and_answer<M>(d, std::forward<Arg>(m));
    }
  }

  template <class M, class Arg>
  void call_and_answer(delivery& d, Arg&& m) {
    using returned = decltype(this->on(std::forward<Arg>(m)));
    constexpr answers how = how_answered<A, M>::how;
    const auto is_gone = [&d] { return may_go_on<M>() && !d; };
    if constexpr (how == answers::otherwise) {
      static_cast<void>(this->on(std::forward<Arg>(m)));  // whoever has the request answers it
    } else if constexpr (how == answers::in_a_task) {
      // The task is made first: its frame takes what it needs of the message, which lives until the task ends
      // (L6).
      auto t = this->on(std::forward<Arg>(m));
      if constexpr (std::is_same_v<Arg, M> && takes_by_value<M>()) d->hollow = 1;
      drive<M>(delivery{d.keep()}, std::move(t));
    } else if constexpr (std::is_void_v<returned>) {
      this->on(std::forward<Arg>(m));
      if (is_gone()) return;
      if (holds_replies<A>() || d->reply) [[unlikely]]
        answer<M>(d, unit{});
    } else {
      auto&& answered = this->on(std::forward<Arg>(m));
      if (!is_gone()) answer<M>(d, std::move(answered));
    }
  }

  template <class M, class V>
  void answer(delivery& d, V&& value) {
    using reply = reply_of<M>;
    using given = std::remove_cvref_t<V>;
    if constexpr (std::same_as<given, reply>) {
      if constexpr (holds_replies<A>())
        this->hold_reply(d, engine::make_envelope<reply>(message_type_of<reply>, std::forward<V>(value)));
      else if (auto slot = std::move(d->reply))
        slot->complete(engine::make_envelope<reply>(message_type_of<reply>, std::forward<V>(value)));
    } else {
      if (!value) {
        if (auto slot = std::move(d->reply)) slot->fail(std::move(value.error()));
      } else if constexpr (std::same_as<given, result<void>>) {
        answer<M>(d, unit{});
      } else {
        answer<M>(d, std::move(*value));
      }
    }
  }

  template <class M, class T>
  activity drive(delivery d, task<T> t) {
    actor_base::suspended_handler mark{*this, d, !is_interleaved<A, M>(), true};
    co_await this->activities().join(mark.request(), &mark.wait());
    try {
      if constexpr (std::is_void_v<T>) {
        co_await t;
        answer<M>(d, unit{});
      } else {
        answer<M>(d, co_await t);
      }
      mark.done();
    } catch (...) {
      mark.failed();
    }
  }
};

}  // namespace detail

/// The class of `A`, as data.
template <class A>
struct actor_class_of {
 private:
  template <class... Ms>
  static constexpr std::array<const message_type*, sizeof...(Ms)> list(messages<Ms...>) {
    return {&message_type_of<Ms>...};
  }
  static constexpr auto accepts = list(typename A::protocol{});

 public:
  static constexpr actor_class value{type_name_of<A>,
                                     accepts.data(),
                                     accepts.size(),
                                     detail::hosted<A>::wants_turn_end(),
                                     detail::stash_max_of<A>(),
                                     detail::hosted<A>::wants_link_ends(),
                                     detail::keeps_children_of<A>(),
                                     detail::class_priorities<A>()};
};

}  // namespace troupe
