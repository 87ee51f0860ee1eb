// Calls that are made again when they fail, from a coroutine of an actor.
//
//     auto row = co_await troupe::retrying({.attempts_max = 4, .within = 2s}, [&](troupe::duration left) {
//       return ask<find_row>(database_, std::min<troupe::duration>(left, 500ms), key);
//     });
//
// Rules (those of retry_plan.hpp, RP1-RP5, and)
//  RT1 The function is called once for each attempt, in the actor's turns, with the time that is left of `within`, or without
//      arguments; it returns an awaitable that gives a `result<T>`. The last result is the answer; where it was given up, its text
//      says so.
//  RT2 Only repeat what may be done twice: an attempt that timed out may have been carried out (M2, at most once each).
//  RT3 What the function throws, or an attempt throws, is not retried.
#pragma once

#include <optional>
#include <troupe/pattern/asking_inside.hpp>
#include <troupe/pattern/retry_plan.hpp>
#include <troupe/task/task.hpp>

namespace troupe {
namespace detail {

template <class F>
auto attempt_of(F& make, duration left) {
  if constexpr (std::is_invocable_v<F&, duration>)
    return make(left);
  else
    return make();
}

/// The cell whose turn it is.
inline cell& retrying_cell() {
  return turn_of("retrying is awaited by coroutines of an actor: a plain thread asks such an actor");
}

/// The moment itself: that of a turn may be as old as its handler is slow.
inline time_point retrying_now() { return moment_at(retrying_cell()); }

/// The time that is left; `duration::max()` without a deadline.
inline duration time_left(time_point deadline, time_point now) noexcept {
  return deadline == never ? duration::max() : deadline - now;
}

}  // namespace detail

/// Makes a call until it succeeds or is given up (RT1-RT3). Throws `failed` with `invalid` for settings that make no sense, and where it is
/// awaited outside of an actor.
template <class F>
auto retrying(retry_settings settings, F make)
    -> task<detail::awaited_result<decltype(detail::attempt_of(make, duration{}))>> {
  static_assert(
      std::is_trivially_destructible_v<retry_settings> && std::is_trivially_destructible_v<F>,
      "troupe: g++ 12 destroys what a lambda captures inside co_await twice: capture by reference, the "
      "coroutine that awaits outlives the calls");
  if (auto ok = validate(settings); !ok) throw failed{ok.error()};
  retry_plan plan{settings, detail::retrying_now()};
  std::optional<prng> random;
  for (;;) {
    auto what = co_await detail::attempt_of(make, detail::time_left(plan.deadline(), detail::retrying_now()));
    if (what) co_return what;
    error why = what.error();
    cell& here = detail::retrying_cell();
    if (!random) random.emplace(detail::seed_of(here));
    const retry_verdict next = plan.failed_with(why, detail::retrying_now(), *random);
    if (const auto* const gave_up = std::get_if<std::string>(&next)) {
      if (!gave_up->empty()) why.text += " (" + *gave_up + ")";
      co_return std::move(why);
    }
    auto wait = detail::pause(std::get<duration>(next));
    co_await wait;
  }
}

}  // namespace troupe
