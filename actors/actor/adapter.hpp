// Message adapters: a ref of another protocol that leads to this actor, so that it can take part in a conversation whose messages are
// not its own.
//
//     class shop : public troupe::actor<buy, payment> {
//      public:
//       void on_start() {
//         bank_.tell(bank::notify{adapt<bank::charged, bank::refused>(overloaded{
//             [](const bank::charged& m) { return payment{m.order, true}; },
//             [](const bank::refused& m) { return payment{m.order, false}; }})});
//       }
//
// Rules
//  AD1 A message to the ref waits in the actor's mailbox like any other, in the order it was sent (M3) and within the mailbox's
//      bound (M8). In its turn the function makes a message of the actor's own protocol of it, which is handled in that turn.
//  AD2 The function belongs to the actor and runs in its turns, so it may use what the actor has. What it throws is therefore
//      the actor's failure (BO2) and the message the poison; put back or retried (S7) it finds no adapter after the restart. It refuses a message by returning a `result` with an error: that is
//      the asker's answer, and the message is a dead letter.
//  AD3 An ask is answered by the handler of what it became. Where that has another reply, a second function turns the answer, in
//      the actor's turn too; for an asker that wants `unit` nothing is needed. Errors pass as they are. The deadline holds,
//      and an asker that gives up is noticed (M5, M6).
//  AD4 An adapter ends with the object that made it (restart, stop), when it is released, and when nobody has a ref to it any more;
//      its function is destroyed in the actor's turn. What comes later, or waits then, is a dead letter with `stopped`. It is
//      an exact ref (L5), can be watched, and is one of the names of its system (R1): a ref that has left the process keeps it until
//      one of the other two ends.
//  AD5 An adapter costs one block, a message through it one block more than to the actor itself; actors without adapters pay nothing.
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <troupe/actor/adapter_base.hpp>
#include <troupe/ref/protocol.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

namespace detail {

/// What a function makes of a message: an `N`, or a `result<N>`.
template <class T>
struct adapted_to {
  using type = T;
};
template <class T>
struct adapted_to<result<T>> {
  using type = T;
};

/// No second function.
struct no_way_back {};

/// What `F` makes of an `M`.
template <class F, class M>
using adapted_by = typename adapted_to<std::remove_cvref_t<std::invoke_result_t<F&, M>>>::type;

/// Whether an asker that wants an `Outer` can be answered with an `Inner` (AD3).
template <class G, class Inner, class Outer>
concept answers_back = std::same_as<Inner, Outer> || std::same_as<Outer, unit> || requires(G& g, Inner v) {
  { g(std::move(v)) } -> std::convertible_to<Outer>;
};

/// Whether `F` and `G` make an adapter for an `M` of an actor whose protocol is `Own`; else one readable line that says why not.
template <class Own, class F, class G, class M>
constexpr bool adapts_one() {
  static_assert(
      std::invocable<F&, M>,
      "troupe: the function of an adapter takes each message of the adapted protocol, by value or by const "
      "reference");
  if constexpr (std::invocable<F&, M>) {
    using made = adapted_by<F, M>;
    static_assert(Own::template has<made>,
                  "troupe: the function of an adapter returns a message of this actor's own protocol");
    if constexpr (Own::template has<made>) {
      static_assert(
          answers_back<G, reply_of<made>, reply_of<M>>,
          "troupe: an adapted message is answered with another type than the message it becomes: give adapt "
          "a second function that turns that answer into the other");
      return answers_back<G, reply_of<made>, reply_of<M>>;
    }
  }
  return false;
}

/// The same for a whole protocol.
template <class Own, class F, class G, class... Ms>
constexpr bool adapts_all(messages<Ms...>) {
  return (adapts_one<Own, F, G, Ms>() && ...);
}

/// The adapter with the functions `F` and `G`, for the messages `Theirs`.
template <class Theirs, class F, class G>
class adapter;

template <class... Ms, class F, class G>
class adapter<messages<Ms...>, F, G> final : public adapter_base {
 public:
  template <class Turn, class Back>
  adapter(cell& owner, adapter_list& all, Turn&& turn, Back&& back)
      : adapter_base(owner, all, kind),
        turn_(std::in_place, std::forward<Turn>(turn)),
        back_(std::in_place, std::forward<Back>(back)) {}

 private:
  static constexpr std::array<const message_type*, sizeof...(Ms)> accepts{&message_type_of<Ms>...};
  static constexpr std::array<const message_type*, sizeof...(Ms)> wrapped{&adapted_type<Ms>...};
  static constexpr actor_class type{"troupe.adapter", accepts.data(), accepts.size(), false};
  static constexpr adapter_kind kind{&type, wrapped.data()};

  engine::envelope_ptr turn(engine::envelope& outer, error& refused) override {
    engine::envelope& in = *outer.as<adapted_message>().inner;
    engine::envelope_ptr made;
    static_cast<void>(((in.type == &message_type_of<Ms> &&
                        (made = made_of<Ms>(outer, (*turn_)(std::move(in.as<Ms>())), refused), true)) ||
                       ...));
    return made;
  }

  template <class M, class T>
  engine::envelope_ptr made_of(engine::envelope& outer, T got, error& refused) {
    using made = adapted_by<F, M>;
    if constexpr (!std::is_same_v<T, made>) {
      if (got) return made_of<M>(outer, std::move(*got), refused);
      refused = std::move(got.error());
      return {};
    } else {
      using inner = reply_of<made>;
      engine::envelope_ptr e = adapted_envelope(outer, message_type_of<made>);
      ::new (e->payload()) made(std::move(got));
      e->type = &message_type_of<made>;
      if constexpr (std::is_same_v<inner, reply_of<M>>)
        e->reply = std::move(outer.reply);
      else if (outer.reply)
        e->reply =
            answer_through(message_type_of<inner>, std::move(outer.reply), turner_of<inner, reply_of<M>>());
      return e;
    }
  }

  template <class Inner, class Outer>
  static constexpr answer_turner turner_of() {
    if constexpr (std::is_same_v<Outer, unit>)
      return nullptr;
    else
      return [](adapter_base& self, engine::envelope& answer) {
        return engine::make_envelope<Outer>(
            message_type_of<Outer>, (*static_cast<adapter&>(self).back_)(std::move(answer.as<Inner>())));
      };
  }

  void end_functions() noexcept override {
    turn_.reset();
    back_.reset();
  }

  // Both in the owner's turns only.
  std::optional<F> turn_;
  std::optional<G> back_;
};

/// Makes one.
template <class Theirs, class F, class G>
address_ptr make_adapter(cell& owner, adapter_list& all, F&& turn, G&& back) {
  using made = adapter<Theirs, std::decay_t<F>, std::decay_t<G>>;
  static_assert(alignof(made) <= engine::block_alignment,
                "troupe: what the function of an adapter captures may be aligned to 16 bytes at most");
  return address_ptr{new made{owner, all, std::forward<F>(turn), std::forward<G>(back)}};
}

}  // namespace detail
}  // namespace troupe
