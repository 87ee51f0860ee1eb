// Which messages an actor understands, as a type; and what a message is answered with.
#pragma once

#include <cstddef>
#include <troupe/contract/unit.hpp>
#include <type_traits>

namespace troupe {

/// A list of message types.
template <class... Ms>
struct messages {
  /// Whether `M` is one of them.
  template <class M>
  static constexpr bool has = (std::is_same_v<M, Ms> || ...);
  static constexpr std::size_t size = sizeof...(Ms);
};

namespace detail {

template <class... Ts>
struct find_protocol {
  using type = messages<Ts...>;
};

template <class T>
requires requires { typename T::protocol; }
struct find_protocol<T> {
  using type = typename T::protocol;
};

template <class M>
struct find_reply {
  using type = unit;
};

template <class M>
requires requires { typename M::reply; }
struct find_reply<M> {
  using type = typename M::reply;
};

template <class Wide, class... Ms>
constexpr bool has_all(messages<Ms...>) {
  return (Wide::template has<Ms> && ...);
}

}  // namespace detail

/// The protocol behind `ref<Ts...>`: that of an actor class, or the messages themselves.
template <class... Ts>
using protocol_of = typename detail::find_protocol<Ts...>::type;

/// What a message is answered with: its `using reply`, else `unit` (it was handled).
template <class M>
using reply_of = typename detail::find_reply<M>::type;

}  // namespace troupe
