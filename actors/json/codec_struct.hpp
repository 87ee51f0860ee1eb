// The JSON forms of what has a contract: a struct is an object of its fields by name, an enum the name of its value.
//
// Names are what versions meet by (JC2), so the order of members means nothing and a renamed field is another one. A
// member that comes twice is an error: which of the two was meant would be a guess.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <troupe/json/codec.hpp>
#include <type_traits>

namespace troupe {

namespace detail {

/// Takes the members out of the type of a contract.
template <class T, class Contract>
struct json_struct_codec;

/// The JSON form of `T`, whose fields are `Members`.
template <class T, auto... Members>
struct json_struct_codec<T, contract<T, Members...>> {
  static constexpr std::size_t count = sizeof...(Members);

  static void write(json_writer& to, const T& v) {
    to.begin_object();
    for_each_field(v, [&to]<class F>(std::string_view name, const F& field) {
      to.key(name);
      if constexpr (require_codec<F>()) json_codec<F>::write(to, field);
    });
    to.end_object();
  }

  static bool read(json_reader& from, json_value in, T& v) {
    if (!in.is(json_kind::object)) return from.fail("an object: " + std::string{contract_of<T>.name}, in);
    const bool read = from.enter() && read_members(from, in, v);
    from.leave();
    return read;
  }

 private:
  static bool read_members(json_reader& from, json_value in, T& v) {
    std::array<bool, count + 1> seen{};
    std::size_t next = 0;
    for (const auto [key, value] : in.members()) {
      const std::size_t field = index_of(key, next);
      if (field == count) continue;
      const json_reader::step into{from, key};
      if (seen[field]) return from.fail_with("a field that comes twice");
      seen[field] = true;
      next = field + 1;
      if (!read_field(from, value, v, field, std::index_sequence_for<decltype(Members)...>{})) return false;
    }
    return true;
  }

  // Members mostly come in their order, so the one behind the last is looked at first.
  static std::size_t index_of(std::string_view key, std::size_t guess) noexcept {
    const auto& names = contract_of<T>.fields;
    if (guess < count && names[guess] == key) return guess;
    for (std::size_t i = 0; i < count; ++i)
      if (names[i] == key) return i;
    return count;
  }

  template <std::size_t... I>
  static bool read_field([[maybe_unused]] json_reader& from, [[maybe_unused]] json_value in,
                         [[maybe_unused]] T& v, [[maybe_unused]] std::size_t field,
                         std::index_sequence<I...>) {
    bool read = false;
    ((field == I ? void(read = read_one(from, in, v.*Members)) : void()), ...);
    return read;
  }

  template <class F>
  static bool read_one(json_reader& from, json_value in, F& field) {
    static_assert(!std::is_const_v<F>, "troupe: a const field can't be decoded");
    if (!json_codec<F>::read(from, in, field)) return from.fail_with("a JSON codec refused this value");
    return true;
  }
};

/// `one of red, green, blue`.
template <contracted_enum E>
std::string names_of() {
  std::string out = "one of ";
  for (const auto& known : contract_of<E>.values) {
    if (out.size() > 7) out += ", ";
    out += known.name;
  }
  return out;
}

}  // namespace detail

/// Any struct with a contract.
template <contracted_struct T>
struct json_codec<T> : detail::json_struct_codec<T, std::remove_const_t<decltype(contract_of<T>)>> {};

/// Enums: the name of a listed value. Values that the contract does not list are written as their number, which no
/// reader accepts, as in the binary form. Enums without a contract are always their number.
template <class E>
requires detail::fixed_enum<E> && encodable<E>
struct json_codec<E> {
  using number = std::underlying_type_t<E>;

  static void write(json_writer& to, E v) {
    if constexpr (contracted_enum<E>)
      for (const auto& known : contract_of<E>.values)
        if (known.value == v) return to.string(known.name);
    json_codec<number>::write(to, static_cast<number>(v));
  }

  static bool read(json_reader& from, json_value in, E& v) {
    if constexpr (contracted_enum<E>) {
      for (const auto& known : contract_of<E>.values)
        if (in.is(json_kind::string) && in.text() == known.name) return v = known.value, true;
      return from.fail(detail::names_of<E>(), in);
    } else {
      number n{};
      if (!json_codec<number>::read(from, in, n)) return false;
      v = static_cast<E>(n);
      return true;
    }
  }
};

}  // namespace troupe
