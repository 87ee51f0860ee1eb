// What work that is done elsewhere is answered with.
#pragma once

#include <troupe/base/error.hpp>
#include <troupe/contract/unit.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe::detail {

template <class T>
struct as_reply {
  using type = T;
};
template <>
struct as_reply<void> {
  using type = unit;
};
template <class T>
struct as_reply<result<T>> : as_reply<T> {};

/// A function and what it is called with, once.
template <class F, class... Args>
struct bound_work {
  std::decay_t<F> work;
  std::tuple<std::decay_t<Args>...> args;
  decltype(auto) operator()() { return std::apply(work, std::move(args)); }
};

/// What an `F` returns, as a reply: a `result` of it is the outcome itself.
template <class F>
using work_result = typename as_reply<std::invoke_result_t<F&>>::type;

}  // namespace troupe::detail
