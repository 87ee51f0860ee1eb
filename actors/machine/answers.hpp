// What the handlers of a machine return, as types: how they answer and where they may go; and as values: one form for all.
#pragma once

#include <optional>
#include <troupe/actor/actor.hpp>
#include <troupe/machine/step.hpp>
#include <type_traits>
#include <utility>

namespace troupe::detail {

/// The states that a step to `To` goes to.
template <class To>
using targets_of_step =
    std::conditional_t<std::is_same_v<To, staying> || std::is_same_v<To, repeating_state> ||
                           std::is_same_v<To, passing>,
                       messages<>, messages<To>>;

/// What the type of a handler's result says (ST1): where it may go, what it answers with, and the form it is read in.
template <class Self, class T>
struct handler_kind {
  static constexpr bool is_step = false;
  using targets = messages<>;
};
template <class Self, class... Ts>
struct handler_kind<Self, transition<Self, Ts...>> {
  static constexpr bool is_step = true;
  using targets = messages<Ts...>;
  using answer = unit;
  using form = transition<Self, Ts...>;
};
template <class Self, class R, class... Ts>
struct handler_kind<Self, replying<Self, R, Ts...>> {
  static constexpr bool is_step = true;
  using targets = messages<Ts...>;
  using answer = R;
  using form = replying<Self, R, Ts...>;
};
// `auto`: a step itself.
template <class Self, class To, class A>
struct handler_kind<Self, step<Self, To, A>> {
  static constexpr bool is_step = true;
  using targets = targets_of_step<To>;
  using answer = unit;
  using form = transition<Self, To>;
};
template <class Self, class To, class V>
struct handler_kind<Self, step<Self, To, answered_with<V>>> {
  static constexpr bool is_step = true;
  using targets = targets_of_step<To>;
  using answer = V;
  using form = replying<Self, V, To>;
};

/// What a handler returned, whatever its type.
template <class R>
struct machine_answer {
  wishes asked = {};
  std::optional<result<R>> reply = {};  ///< none: it is given later, or the message put aside
};

/// The form that all results have in common. `R` is what the message is answered with.
template <class Self, class R, class V>
machine_answer<R> read_answer(V&& value) {
  using given = std::remove_cvref_t<V>;
  using kind = handler_kind<Self, given>;
  machine_answer<R> out;
  if constexpr (kind::is_step) {
    static_assert(
        std::is_same_v<typename kind::answer, R>,
        "troupe: a message with a reply is handled with replying<reply, states...>, and one without "
        "with transition<states...>");
    if constexpr (std::is_same_v<typename kind::answer, R>) {
      typename kind::form read{std::forward<V>(value)};
      out.asked = std::move(read.wanted());
      if constexpr (requires { read.answer(); })
        out.reply = std::move(read.answer());
      else if (!out.asked.what.postpone)
        out.reply.emplace(R{});
    }
  } else if constexpr (std::is_same_v<given, result<void>>) {
    if (value)
      out.reply.emplace(R{});
    else
      out.reply.emplace(std::move(value.error()));
  } else {
    out.reply.emplace(std::forward<V>(value));
  }
  return out;
}

/// Answers the message of `d`, if somebody waits for it and it is still here, with an `R`, a `unit` for it, or a `result`.
template <class R, class V>
void answer_message(delivery& d, V&& with) {
  using given = std::remove_cvref_t<V>;
  if (!d || !d->reply) return;  // nobody asked, or it was put aside or given away
  const auto slot = std::move(d->reply);
  if constexpr (std::is_same_v<given, R>) {
    slot->complete(engine::make_envelope<R>(message_type_of<R>, std::forward<V>(with)));
  } else {
    if (!with) return static_cast<void>(slot->fail(std::move(with.error())));
    if constexpr (std::is_same_v<given, result<void>>)
      slot->complete(engine::make_envelope<R>(message_type_of<R>));
    else
      slot->complete(engine::make_envelope<R>(message_type_of<R>, std::move(*with)));
  }
}

}  // namespace troupe::detail
