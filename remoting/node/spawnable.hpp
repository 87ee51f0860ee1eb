// Actor types that other nodes may have spawned: a name on the wire, a version, and the types of the arguments.
//
//     class account : public troupe::actor<deposit, balance> {
//      public:
//       account(std::string owner, std::int64_t cents);
//       ...
//     };
//     TROUPE_SPAWNABLE(account, "bank.account", 1, std::string, std::int64_t)
//
//     troupe::node_options o;
//     o.types.add<account>();            // this node knows how to make one
//     o.spawnable = {"bank.*"};          // and its peers may have it made
//
// Rules
//  SB1 The macro stands directly behind its class, in its namespace. It names what crosses: the types of the arguments, each with a codec, in
//      the order of the constructor. Whoever only has actors spawned needs no more of the class than its `protocol`.
//  SB2 Who asks and who makes must name the same version and the same types: anything else is refused with both. Raise the version when the
//      arguments, or what they mean, change. Structs with contracts among them may grow as in messages (C2).
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <troupe/actor/spawn.hpp>
#include <troupe/cell/shared_recipe.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/node/spawnable_types.hpp>
#include <tuple>
#include <utility>

namespace troupe {

/// What TROUPE_SPAWNABLE says of a class.
template <std::uint32_t Version, class... Args>
struct spawn_contract {
  static_assert(Version >= 1, "troupe: the version of a spawnable type counts from 1");
  static_assert((detail::require_codec<Args>() && ...));
  static constexpr std::uint32_t version = Version;
  using arguments = std::tuple<Args...>;

  std::string_view name;  ///< on the wire
};

/// A class with a TROUPE_SPAWNABLE.
template <class A>
concept spawnable = requires {
  troupe_spawnable(contract_tag<A>{});
};

/// What is said of it.
template <spawnable A>
inline constexpr auto spawn_contract_of = troupe_spawnable(contract_tag<A>{});

/// The arguments of an `A`, as they cross.
template <spawnable A>
using spawn_arguments = typename std::remove_const_t<decltype(spawn_contract_of<A>)>::arguments;

namespace detail {

/// Whether the arguments of an `A` can be made of `Args`.
template <class A, class... Args>
concept fits_spawnable =
    std::is_constructible_v<spawn_arguments<A>, Args...> && std::tuple_size_v<spawn_arguments<A>>
== sizeof...(Args);

/// `props_of` with arguments from bytes.
template <class A>
cell_props props_from_bytes(environment& env, std::string_view bytes, const ref_guest* from);

/// The arguments of an `A` from their bytes. Throws `failed` with `decode_error`.
template <class Tuple>
Tuple spawn_arguments_in(byte_reader in) {
  Tuple args;
  if (!codec<Tuple>::decode(in, args)) in.fail("a codec refused its bytes");
  if (in.remaining() > 0) in.fail("bytes are left behind the value");
  if (!in.ok())
    throw failed{{errc::decode_error, std::string{type_name_of<Tuple>} + ": " + std::string{in.why()}}};
  return args;
}

/// `spawnable_type::make` of `A`, whose arguments are `Args`.
template <class A, class... Args>
cell_props spawnable_props(environment& env, byte_reader in, std::tuple<Args...>*) {
  auto args = spawn_arguments_in<std::tuple<Args...>>(in);
  return std::apply([&](Args&... each) { return props_of<A>(env, {}, std::move(each)...); }, args);
}

/// What a codec of refs needs to know of that system (ref/codec.hpp, RC1).
const void* names_of(environment& env) noexcept;

template <class A>
cell_props props_from_bytes(environment& env, std::string_view bytes, const ref_guest* from) {
  return spawnable_props<A>(env, byte_reader{bytes, names_of(env), from},
                            static_cast<spawn_arguments<A>*>(nullptr));
}

/// `spawnable_type::make_often` of `A`, whose arguments are shared by all that it makes (RE2).
template <class A>
std::function<cell_props(environment&)> factory_from_bytes(environment& env, std::string_view bytes,
                                                           const ref_guest* from) {
  const auto args = std::make_shared<const spawn_arguments<A>>(
      spawn_arguments_in<spawn_arguments<A>>(byte_reader{bytes, names_of(env), from}));
  return [args](environment& e) { return props_with<A>(e, {}, shared_recipe_of<hosted<A>>(args)); };
}

/// Whether each of them can be copied.
template <class... Args>
constexpr bool all_copied(std::tuple<Args...>*) {
  return (std::copy_constructible<Args> && ...);
}

}  // namespace detail

template <class A>
spawnable_types& spawnable_types::add() {
  static_assert(spawnable<A>,
                "troupe: a type that other nodes may have spawned needs a TROUPE_SPAWNABLE behind its class");
  if constexpr (spawnable<A>) {
    decltype(spawnable_type::make_often) often = nullptr;
    if constexpr (detail::all_copied(static_cast<spawn_arguments<A>*>(nullptr)))
      often = &detail::factory_from_bytes<A>;
    add(spawnable_type{spawn_contract_of<A>.name, spawn_contract_of<A>.version,
                       type_name_of<spawn_arguments<A>>, &detail::props_from_bytes<A>, often});
  }
  return *this;
}

}  // namespace troupe

/// Gives an actor class a name under which other nodes have it spawned: `TROUPE_SPAWNABLE(type, "wire.name", version, argument_type...)`.
/// Directly behind the class, in its namespace, without a semicolon (SB1).
#define TROUPE_SPAWNABLE(type, wire_name, ...)                                              \
  [[maybe_unused]] constexpr auto troupe_spawnable(::troupe::contract_tag<type>) noexcept { \
    TROUPE_DETAIL_CHECK_NAME(wire_name);                                                    \
    return ::troupe::spawn_contract<__VA_ARGS__>{wire_name};                                \
  }                                                                                         \
  static_assert(::troupe::spawnable<type>,                                                  \
                "troupe: TROUPE_SPAWNABLE stands in the namespace of its class, directly behind it");
