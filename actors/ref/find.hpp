// Refs by path, for programs and tests.
//
//     auto ledger = troupe::find<bank::ledger>(sys, "/user/bank/ledger");        // whoever is there when it is used
//     auto now = troupe::find_now<bank::ledger>(sys, "/user/bank/ledger");       // who is there now, checked; a result
//
// Rules
//  FD1 `find` asks nothing about who is there: a message that he does not understand is a dead letter, an ask is answered
//      `not_understood`, and `stopped` while nobody is there (M4, M5).
//  FD2 `find_now` gives an exact ref (L5) or says in one line what is wrong: the path, the name that is missing and those there are,
//      the class that does not understand a message.
#pragma once

#include <array>
#include <span>
#include <string>
#include <troupe/ref/named.hpp>
#include <troupe/system/system.hpp>

namespace troupe {

namespace detail {

/// The actor at `path` that understands `all` (FD2).
result<address_ptr> address_now(environment& env, const std::string& path,
                                std::span<const message_type* const> all);

/// The descriptors of a protocol.
template <class Protocol>
struct types_of;
template <class... Ms>
struct types_of<messages<Ms...>> {
  static constexpr std::array<const message_type*, sizeof...(Ms)> value{&message_type_of<Ms>...};
};

}  // namespace detail

/// A named ref to the actor at `path` (FD1). Throws `failed` with `invalid` when that is no path. Thread-safe.
template <class... Ts>
ref<Ts...> find(system& sys, std::string path) {
  return ref_to<Ts...>(sys.env(), std::move(path));
}

/// An exact ref to the actor that is at `path` now and understands the protocol (FD2): `invalid` for what is no path,
/// `not_found` when nobody is there, `not_understood` for an actor of another kind. Thread-safe.
template <class... Ts>
result<ref<Ts...>> find_now(system& sys, const std::string& path) {
  auto found = detail::address_now(sys.env(), path, detail::types_of<protocol_of<Ts...>>::value);
  if (!found) return std::move(found.error());
  return ref<Ts...>{std::move(*found)};
}

}  // namespace troupe
