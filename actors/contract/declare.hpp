// How a type gets a contract: one macro directly behind it, in its namespace.
//
//   struct deposit { std::string account; std::int64_t cents; };
//   TROUPE_CONTRACT(deposit, "bank.deposit", 1, account, cents)
//
//   enum class colour : std::uint8_t { red, green };
//   TROUPE_CONTRACT_ENUM(colour, "paint.colour", red, green)
//
// Rules
//  C1 The wire name is for ever; the C++ name may change. It is made of letters, digits, `.`, `_` and `-`.
//  C2 A new version appends fields and raises the number; it never removes or reorders one, nor changes a
//     type other than to widen an integer. Old and new then read each other: what the reader does not know it
//     skips, what the writer did not know keeps its initialiser.
//  C3 The macro stands directly behind its type, before anything asks whether the type has a codec. It works
//     for types in any namespace, nested in a class, or made from a template; not for types inside a
//     function.
//  C4 An enum has a fixed underlying type, so that a new value can't change how the others are written.
//
// The macros only define a constexpr function that is found through the type. There is no state and no
// registration at run time; everything here is usable at compile time and from any thread.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <troupe/base/limits.hpp>
#include <troupe/contract/for_each.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe {

/// Most fields a contract may list; nest a struct when that is not enough.
inline constexpr std::size_t contract_fields_max = 64;

/// Carries a type to the contract function that its macro defined. It converts to nothing, so a derived class
/// does not inherit a contract.
template <class T>
struct contract_tag {};

/// The contract of a struct: `Members` are the member pointers of its fields, in wire order.
template <class T, auto... Members>
struct contract {
  static_assert((std::is_member_object_pointer_v<decltype(Members)> && ...),
                "troupe: a contract lists data members that are not static");
  static_assert(sizeof...(Members) <= contract_fields_max,
                "troupe: a contract has at most 64 fields; nest a struct");

  std::string_view name;                                      ///< the wire name (C1)
  std::uint32_t version;                                      ///< counts from 1 (C2)
  std::array<std::string_view, sizeof...(Members)> fields{};  ///< their names, in order

  /// The member pointers, in the order of `fields`.
  static constexpr auto members() noexcept { return std::tuple{Members...}; }
};

/// One value of an enum that has a contract.
template <class E>
struct enum_value {
  std::string_view name;  ///< as it is written in C++
  E value;                ///< the value itself
};

/// The contract of an enum: its wire name and the values that may cross a node boundary.
template <class E, std::size_t N>
struct enum_contract {
  std::string_view name;                  ///< the wire name (C1)
  std::array<enum_value<E>, N> values{};  ///< in the order they were listed

  /// True when `v` is one of the listed values.
  constexpr bool knows(E v) const noexcept {
    for (const auto& known : values)
      if (known.value == v) return true;
    return false;
  }
};

/// A struct that has a contract.
template <class T>
concept contracted_struct = std::is_class_v<T> && requires {
  troupe_contract(contract_tag<T>{});
};

/// An enum that has a contract.
template <class T>
concept contracted_enum = std::is_enum_v<T> && requires {
  troupe_contract(contract_tag<T>{});
};

/// A type that has a contract.
template <class T>
concept contracted = contracted_struct<T> || contracted_enum<T>;

/// The contract of `T`: a `contract<T, ...>` or an `enum_contract<T, N>`.
template <contracted T>
inline constexpr auto contract_of = troupe_contract(contract_tag<T>{});

/// Calls `visit(name, field)` for each field of `value`, in wire order. For printers and other formats.
template <class T, class Visitor>
requires contracted_struct<std::remove_const_t<T>>
constexpr void for_each_field(T& value, Visitor&& visit) {
  using plain = std::remove_const_t<T>;
  std::apply(
      [&](auto... members) {
        std::size_t i = 0;
        (visit(contract_of<plain>.fields[i++], value.*members), ...);
      },
      contract_of<plain>.members());
}

/// Whether the contract of `T` leaves fields out on purpose: they stay behind and have their initialisers where the value arrives.
/// `template <> inline constexpr bool troupe::contract_leaves_out<my_type> = true;`, anywhere behind the type.
template <class T>
inline constexpr bool contract_leaves_out = false;

namespace detail {

/// Converts to whatever a field is.
struct any_field {
  template <class T>
  constexpr operator T&() const& noexcept;
  template <class T>
  constexpr operator T&&() const&& noexcept;
};

/// Whether an aggregate `T` has room for a value for each of `Is`. Not seen where a field itself converts from anything, such as
/// an `optional`.
template <class T, std::size_t... Is>
constexpr bool has_fields(std::index_sequence<Is...>) {
  return requires { T{(static_cast<void>(Is), any_field{})...}; };
}

/// Whether `T` has more fields than `Listed`, as far as the language tells.
template <class T, std::size_t Listed>
constexpr bool has_more_fields() {
  if constexpr (std::is_aggregate_v<T> && std::is_default_constructible_v<T>)
    return has_fields<T>(std::make_index_sequence<Listed + 1>{});
  else
    return false;
}

/// C1.
constexpr bool wire_name_is_valid(std::string_view name) noexcept {
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && c != '.' && c != '_' && c != '-') return false;
  }
  return !name.empty() && name.size() <= limits::name_bytes_max;
}

/// C4: only an enum with a fixed underlying type can be list-initialised from an integer ([dcl.init.list]).
template <class E>
concept fixed_enum = std::is_enum_v<E> && requires {
  E{std::underlying_type_t<E>{}};
};

/// Makes an enum's contract; the number of values is deduced.
template <class E, std::size_t N>
constexpr enum_contract<E, N> make_enum_contract(std::string_view name, const enum_value<E> (&values)[N]) {
  enum_contract<E, N> out{name};
  for (std::size_t i = 0; i < N; ++i) out.values[i] = values[i];
  return out;
}

}  // namespace detail
}  // namespace troupe

#define TROUPE_DETAIL_NAME(field) #field,
#define TROUPE_DETAIL_MEMBER(field) , &troupe_self::field
#define TROUPE_DETAIL_VALUE(value) {#value, troupe_self::value},

#define TROUPE_DETAIL_CHECK_NAME(wire_name)                      \
  static_assert(::troupe::detail::wire_name_is_valid(wire_name), \
                "troupe: a wire name is 1 to 255 letters, digits, '.', '_' or '-'")

// Also false when somebody asked too early: compilers remember the first answer.
#define TROUPE_DETAIL_CHECK_PLACE(type) \
  static_assert(                        \
      ::troupe::contracted<type>,       \
      "troupe: a contract stands in the namespace of its type, directly behind it, before any use")

/// Gives a struct its contract: `TROUPE_CONTRACT(type, "wire.name", version, field...)`, up to 64 fields,
/// possibly none. Directly behind the struct, in its namespace, without a semicolon (C3).
#define TROUPE_CONTRACT(type, wire_name, ...)                                                            \
  [[maybe_unused]] constexpr auto troupe_contract(::troupe::contract_tag<type>) noexcept {               \
    using troupe_self = type;                                                                            \
    TROUPE_DETAIL_CHECK_NAME(wire_name);                                                                 \
    static_assert(TROUPE_DETAIL_HEAD(__VA_ARGS__, ) >= 1, "troupe: a contract's version counts from 1"); \
    return ::troupe::contract<troupe_self TROUPE_DETAIL_FOR_EACH(TROUPE_DETAIL_MEMBER,                   \
                                                                 TROUPE_DETAIL_TAIL(__VA_ARGS__, ))>{    \
        wire_name,                                                                                       \
        TROUPE_DETAIL_HEAD(__VA_ARGS__, ),                                                               \
        {TROUPE_DETAIL_FOR_EACH(TROUPE_DETAIL_NAME, TROUPE_DETAIL_TAIL(__VA_ARGS__, ))}};                \
  }                                                                                                      \
  TROUPE_DETAIL_CHECK_PLACE(type);

/// Gives an enum its contract: `TROUPE_CONTRACT_ENUM(type, "wire.name", value...)`, 1 to 64 values. A decoder
/// accepts the listed values only. Directly behind the enum, in its namespace, without a semicolon (C3, C4).
#define TROUPE_CONTRACT_ENUM(type, wire_name, ...)                                                      \
  [[maybe_unused]] constexpr auto troupe_contract(::troupe::contract_tag<type>) noexcept {              \
    using troupe_self = type;                                                                           \
    TROUPE_DETAIL_CHECK_NAME(wire_name);                                                                \
    static_assert(::troupe::detail::fixed_enum<troupe_self>,                                            \
                  "troupe: an enum with a contract needs a fixed underlying type, as in enum e : int"); \
    return ::troupe::detail::make_enum_contract<troupe_self>(                                           \
        wire_name, {TROUPE_DETAIL_FOR_EACH(TROUPE_DETAIL_VALUE, __VA_ARGS__, )});                       \
  }                                                                                                     \
  TROUPE_DETAIL_CHECK_PLACE(type);
