// What can be piped besides a function for a dispatcher, and what comes of it (piping.hpp): that which `co_await` gives, as a `result`.
#pragma once

#include <troupe/actor/asking.hpp>
#include <troupe/actor/offering.hpp>
#include <troupe/task/task.hpp>

namespace troupe::detail {

/// What comes of a `W`; `type` is there only where it is under way in the actor itself.
template <class W>
struct pipe_outcome {};
template <class R>
struct pipe_outcome<asking<R>> {
  using type = result<R>;
};
template <>
struct pipe_outcome<offering> {
  using type = result<void>;
};
template <class T>
struct pipe_outcome<task<T>> {
  using type = result<T>;
};
template <class T>
struct pipe_outcome<task<result<T>>> {
  using type = result<T>;
};

/// Whether a `W` is under way in the actor itself: an ask, an offer, a coroutine.
template <class W>
concept under_way = requires {
  typename pipe_outcome<W>::type;
};

}  // namespace troupe::detail
