// Contracts as data, so that a program can print what it understands.
#pragma once

#include <cstdint>
#include <string_view>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/contract/schema.hpp>
#include <troupe/contract/type_name.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe {

/// A field of a described struct, or a value of a described enum.
struct field_description {
  std::string_view name;    ///< as in C++
  std::string_view type;    ///< its wire spelling: `list<string>`; for an enum's value the enum's name
  std::int64_t number = 0;  ///< an enum's value; 0 for fields
};

/// What a type is on the wire. The views live as long as the program.
struct type_description {
  std::string_view name;                  ///< as in its descriptor
  std::uint32_t version = 0;              ///< 0 without a contract, and for enums
  std::uint64_t hash = 0;                 ///< as in its descriptor
  std::uint64_t schema = 0;               ///< `schema_hash`
  bool encodable = false;                 ///< it has a codec
  std::vector<field_description> fields;  ///< in wire order; empty without a contract
};

namespace detail {

/// Adds the fields of a struct.
template <class T, auto... Members>
void describe_into(type_description& out, const contract<T, Members...>& c) {
  out.version = c.version;
  [[maybe_unused]] std::size_t i = 0;
  (out.fields.push_back(
       {c.fields[i++], type_name_of<std::remove_cvref_t<decltype(std::declval<T&>().*Members)>>}),
   ...);
}

/// Adds the values of an enum.
template <class E, std::size_t N>
void describe_into(type_description& out, const enum_contract<E, N>& c) {
  for (const auto& known : c.values)
    out.fields.push_back({known.name, c.name, static_cast<std::int64_t>(known.value)});
}

}  // namespace detail

/// Describes `M`. Thread-safe.
template <class M>
type_description describe() {
  type_description out{type_name_of<M>, 0, type_hash_of<M>, schema_hash<M>(), encodable<M>, {}};
  if constexpr (contracted<M>) detail::describe_into(out, contract_of<M>);
  return out;
}

}  // namespace troupe
