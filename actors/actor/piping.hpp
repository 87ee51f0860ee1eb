// What is under way beside the handlers, and comes back as a message: an ask, an offer, a coroutine of the actor. For a handler that is no
// coroutine, or must not wait: the actor takes messages meanwhile.
//
//     void on(const refresh&) {
//       pipe(ask<get_rates>(bank_, 2s, "EUR"), self(), [](troupe::result<rates> r) { return refreshed{std::move(r)}; });
//     }
//
// Rules
//  PI1 `then` is called once, in a turn of the actor, with what `co_await` would have given as a `result`: for an ask of a message without a
//      reply `result<unit>`, for a `task<void>` and an offer `result<void>`. What a task throws, and a `result` that it returns, is the outcome
//      itself (WE2).
//  PI2 What `then` returns is told: a message that `to` takes, or a `std::variant` of such. It comes behind what waits there already, and a
//      handler that waits in a coroutine is not disturbed (M7): only `then` runs beside it, so it leaves the actor's members alone.
//  PI3 What `then` throws is the actor's failure, as is what a `launch`ed task throws; nothing is told then.
//  PI4 When the actor restarts or stops before, nobody hears of it (S6): `then` is not called, and goes with all that it captured; an ask is
//      given up (A3), an offer taken back (OG3), a task ended where it waits (L6).
//  PI5 It belongs to the request of the handler that pipes it: asks end with that one's deadline at the latest, and the trace goes on (M6).
//      But it outlives the handler, and the asker's giving up: to answer with it keep a promise (promise.hpp).
//  PI6 Nobody waits: an actor that is asked meanwhile, by the one that it has asked too, answers, and that is no cycle (M7).
#pragma once

#include <concepts>
#include <troupe/actor/actor_base.hpp>
#include <type_traits>
#include <utility>
#include <variant>

namespace troupe {

namespace detail {

/// Whether a `T` can be told where the protocol `P` is understood (PI2).
template <class P, class T>
inline constexpr bool can_be_told = P::template has<T>;
template <class P, class... Ms>
inline constexpr bool can_be_told<P, std::variant<Ms...>> = P::template has<std::variant<Ms...>> ||
                                                            (P::template has<Ms> && ...);

/// Whether `G` makes of an `Outcome` what can be told where `P` is understood; else one readable line that says why not.
template <class P, class G, class Outcome>
constexpr bool check_then() {
  static_assert(
      std::invocable<G&, Outcome>,
      "troupe: the function of pipe takes the outcome: a troupe::result of what is piped, by value");
  if constexpr (std::invocable<G&, Outcome>) {
    constexpr bool fits = can_be_told<P, std::remove_cvref_t<std::invoke_result_t<G&, Outcome>>>;
    static_assert(fits,
                  "troupe: the function of pipe returns what is told: a message that the ref accepts, or a "
                  "std::variant of such messages");
    return fits;
  }
  return false;
}

/// What is awaited for a `W`: itself, or of a task the same with its exception as an outcome (PI1).
template <under_way W>
W settling(W what) {
  return what;
}
template <class T>
task<typename pipe_outcome<task<T>>::type> settling(task<T> what) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await what;
      co_return result<void>{};
    } else {
      co_return co_await what;
    }
  } catch (...) {
    co_return current_exception_error(errc::handler_failed);
  }
}

/// Awaits `what` and tells `to` what `then` makes of it (PI2). All of it is the frame's own: it goes with it (PI4).
template <class W, class G, class... Ts>
task<void> tell_when_there(W what, ref<Ts...> to, G then) {
  auto outcome = co_await what;
  auto made = then(std::move(outcome));
  using P = protocol_of<Ts...>;
  if constexpr (P::template has<decltype(made)>)
    to.tell(std::move(made));
  else
    std::visit([&to]<class M>(M&& m) { to.tell(std::forward<M>(m)); }, std::move(made));
}

}  // namespace detail

template <detail::under_way W, class G, class... Ts>
void actor_base::pipe(W what, ref<Ts...> to, G then) {
  using outcome = typename detail::pipe_outcome<W>::type;
  // In the context of the handler (PI5), unlike what is launched.
  if constexpr (detail::check_then<protocol_of<Ts...>, G, outcome>())
    run_launched(detail::tell_when_there(detail::settling(std::move(what)), std::move(to), std::move(then)));
}

}  // namespace troupe
