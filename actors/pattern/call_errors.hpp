// What the parts that guard calls say of errors, and of what they await.
#pragma once

#include <coroutine>
#include <troupe/base/error.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

/// Whether an error says that the callee, or the way there, does not work: no answer in time, stopped, unreachable, overloaded, a
/// handler that threw. An answer that is an error (`not_found`, `invalid`, ...) does not, nor does who gave up himself.
constexpr bool is_callee_trouble(errc code) noexcept {
  switch (code) {
    case errc::timeout:
    case errc::stopped:
    case errc::restarted:
    case errc::unreachable:
    case errc::overloaded:
    case errc::broken_promise:
    case errc::handler_failed:
    case errc::mailbox_full:
    case errc::expired:
    case errc::closed:
    case errc::io:
      return true;
    default:
      return false;
  }
}

/// The same for an error: what a circuit breaker counts unless it is told otherwise.
inline bool counts_against_callee(const error& why) { return is_callee_trouble(why.code); }

/// Whether trying again may help: what is retried unless it is said otherwise. `handler_failed` is not: the message may be what
/// made it fail.
inline bool may_pass(const error& why) {
  return is_callee_trouble(why.code) && why.code != errc::handler_failed && why.code != errc::closed;
}

namespace detail {

/// What `co_await a` gives, for awaitables without `operator co_await`.
template <class A>
using awaited_result = std::remove_cvref_t<decltype(std::declval<A&>().await_resume())>;

}  // namespace detail
}  // namespace troupe
