// The way of a message into CAF and back, without CAF's headers: a descriptor's `to_caf` and `from_caf` end
// in the two functions below, which know the type only through pointers. So every message can go to a plain
// CAF actor and come from one, there is one descriptor for a type, and no user's translation unit includes
// CAF.
//
// How types meet: integers arrive as CAF's integer of that size; `troupe::unit` is CAF's empty message;
// strings and what else CAF has built in is CAF's own; everything else is an element of exactly that C++
// type.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <new>
#include <troupe/contract/codecs.hpp>
#include <troupe/engine/message_type.hpp>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace troupe {

/// Whether messages of type `M` may go into CAF, which copies them. On for copyable types with a codec and
/// for trivially copyable ones; of others the language can't tell (a vector of unique_ptr claims to be
/// copyable), so they say it: `template <> inline constexpr bool troupe::caf_copyable<my_type> = true;`
template <class M>
inline constexpr bool caf_copyable = std::copy_constructible<M> &&
                                     (encodable<M> || std::is_trivially_copyable_v<M>);

namespace detail {

/// What the bridge must know of a type beside its descriptor.
struct caf_operations {
  const message_type* type;                  ///< its descriptor
  const std::type_info* rtti;                ///< its identity for CAF
  bool own;                                  ///< it has a contract, so it is none of CAF's built-in types
  void (*copy)(void* to, const void* from);  ///< copy-constructs at `to`
  void (*move)(void* to, void* from);        ///< move-constructs at `to`
};

/// Makes `to` a CAF message with a copy of the value at `at`.
void put_into_caf(const caf_operations& ops, const void* at, caf::message& to);

/// Constructs at `at` from the single element of `from`, moving when nobody shares it. False when it is
/// something else.
bool take_from_caf(const caf_operations& ops, void* at, caf::type_erased_tuple& from);

/// Fills the operations of `M`.
template <class M>
constexpr caf_operations make_caf_operations(const message_type* type) {
  return {type, &typeid(M), contracted<M>,
          [](void* to, const void* from) { ::new (to) M(*static_cast<const M*>(from)); },
          [](void* to, void* from) { ::new (to) M(std::move(*static_cast<M*>(from))); }};
}

/// The type that `M` has inside a CAF message.
template <class M>
struct caf_form {
  using type = M;
};

/// CAF tells integers apart by size and sign only, so `long` and `long long` go as the same type.
template <class M>
requires(std::is_integral_v<M> && !std::is_same_v<M, bool> && sizeof(M) <= 8) struct caf_form<M> {
  using sizes = std::tuple<std::int8_t, std::int16_t, std::int32_t, std::int64_t>;
  using with_sign = std::tuple_element_t<std::countr_zero(sizeof(M)), sizes>;
  using type = std::conditional_t<std::is_signed_v<M>, with_sign, std::make_unsigned_t<with_sign>>;
};

}  // namespace detail
}  // namespace troupe
