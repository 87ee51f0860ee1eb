// One number for the whole shape of a message: when two nodes meet and it is equal, they mean the same by it.
// Where it differs the versions tell who is older.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <troupe/base/hash.hpp>
#include <troupe/contract/type_name.hpp>
#include <tuple>
#include <type_traits>

namespace troupe {

namespace detail {

/// Hashes `name/version{field:type;...}`, and inside it every contract it meets for the first time; later
/// ones only by name, which ends recursion and keeps the work linear. Past 256 contracts the further ones
/// count by name only.
struct schema_sink : number_sink<schema_sink> {
  std::uint64_t hash = stable_hash("");
  std::array<std::uint64_t, 256> seen{};
  std::size_t seen_count = 0;

  constexpr void text(std::string_view s) { hash = stable_hash(s, hash); }

  template <class T>
  constexpr void type() {
    spell_type<T>(*this);
    if constexpr (contracted<T>)
      if (first_time(stable_hash(contract_of<T>.name))) body<T>(contract_of<T>);
  }

 private:
  constexpr bool first_time(std::uint64_t name) {
    for (std::size_t i = 0; i < seen_count; ++i)
      if (seen[i] == name) return false;
    if (seen_count == seen.size()) return false;
    seen[seen_count++] = name;
    return true;
  }

  template <class T, auto... Members>
  constexpr void body(const contract<T, Members...>& c) {
    text("/");
    number(c.version);
    text("{");
    [[maybe_unused]] std::size_t i = 0;
    ((text(c.fields[i++]), text(":"), type<std::remove_cvref_t<decltype(std::declval<T&>().*Members)>>(),
      text(";")),
     ...);
    text("}");
  }

  template <class E, std::size_t N>
  constexpr void body(const enum_contract<E, N>& c) {
    using number_type = std::underlying_type_t<E>;
    text("=");
    type<number_type>();
    text("{");
    for (const auto& known : c.values) {
      text(known.name);
      text(":");
      number(static_cast<std::uint64_t>(static_cast<number_type>(known.value)));
      text(";");
    }
    text("}");
  }
};

/// Computed once for a type.
template <class T>
inline constexpr std::uint64_t schema_hash_value = [] {
  schema_sink to;
  to.type<T>();
  return to.hash;
}();

}  // namespace detail

/// The hash of `T`'s schema: wire names, versions, field names and field types, all the way down. Stable
/// across builds, compilers and machines for types with a codec.
template <class T>
constexpr std::uint64_t schema_hash() noexcept {
  return detail::schema_hash_value<T>;
}

}  // namespace troupe
