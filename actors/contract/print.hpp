// Messages as text for people: what a dead letter, a failure, a trace show of a message's content. Not a format: nobody reads it
// back (that is what codecs and `actors/json` are for).
//
// Rules
//  PT1 Printed are types with a codec or a contract, field by field by their names, and types that say how: a function
//      `troupe_print(troupe::bounded_text&, const T&)` beside the type. Of all others the name is shown.
//  PT2 What a type declares `static constexpr bool secret = true;` for is not printed, only named, wherever it is a field.
//  PT3 A container shows its first `printed_items_max` elements, a text what fits: printing costs no more than what is shown.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <troupe/base/bounded_text.hpp>
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/type_name.hpp>
#include <tuple>
#include <type_traits>
#include <variant>

namespace troupe {

/// PT3.
inline constexpr std::size_t printed_items_max = 16;

/// A type that says how it is printed (PT1).
template <class T>
concept prints_itself = requires(bounded_text& to, const T& value) {
  troupe_print(to, value);
};

/// A type that must not be printed (PT2).
template <class T>
concept is_secret = requires {
  requires bool{T::secret};
};

/// Appends `value` (PT1-PT3).
template <class T>
void print_value(bounded_text& to, const T& value);

namespace detail {

/// Appends a number, or `?` where it has too many digits.
void print_signed(bounded_text& to, std::int64_t value);
/// The same.
void print_unsigned(bounded_text& to, std::uint64_t value);
/// The same, with the fewest digits that give the value back: so each type has its own.
void print_real(bounded_text& to, float value);
/// The same.
void print_real(bounded_text& to, double value);
/// The same.
void print_real(bounded_text& to, long double value);

/// What a loop over ranges can go through: `std::ranges::input_range`, without the header of it all.
template <class T>
concept can_be_looped = requires(T& all) {
  { std::begin(all) } -> std::input_iterator;
  std::end(all);
};

template <class E>
void print_enum(bounded_text& to, E value) {
  for (const auto& known : contract_of<E>.values)
    if (known.value == value) return to.add(known.name);
  to.add(contract_of<E>.name);
  to.add("(");
  print_signed(to, static_cast<std::int64_t>(value));
  to.add(")");
}

/// The fields alone: whoever prints a message has said its name.
template <class T>
void print_fields(bounded_text& to, const T& value) {
  to.add("{");
  bool first = true;
  for_each_field(value, [&](std::string_view name, const auto& field) {
    if (to.is_full()) return;
    if (!first) to.add(", ");
    first = false;
    to.add(name);
    to.add(": ");
    print_value(to, field);
  });
  to.add("}");
}

template <class T>
void print_range(bounded_text& to, const T& value) {
  to.add("[");
  std::size_t shown = 0;
  for (const auto& item : value) {
    if (to.is_full()) return;
    if (shown != 0) to.add(", ");
    if (shown++ == printed_items_max) {
      to.add("...");
      break;
    }
    print_value(to, item);
  }
  to.add("]");
}

template <class T>
inline constexpr bool prints_as_tuple = false;
template <class... Ts>
inline constexpr bool prints_as_tuple<std::tuple<Ts...>> = true;
template <class A, class B>
inline constexpr bool prints_as_tuple<std::pair<A, B>> = true;
template <class T>
inline constexpr bool prints_as_optional = false;
template <class T>
inline constexpr bool prints_as_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool prints_as_variant = false;
template <class... Ts>
inline constexpr bool prints_as_variant<std::variant<Ts...>> = true;
template <class T>
inline constexpr bool prints_as_time = false;
template <class R, class P>
inline constexpr bool prints_as_time<std::chrono::duration<R, P>> = true;

template <class T>
void print_tuple(bounded_text& to, const T& value) {
  to.add("(");
  std::apply(
      [&](const auto&... items) {
        [[maybe_unused]] bool first = true;
        ((to.add(first ? "" : ", "), first = false, print_value(to, items)), ...);
      },
      value);
  to.add(")");
}

}  // namespace detail

/// Shows a value in the words of this file (PT1).
template <class T>
void print_value(bounded_text& to, const T& value) {
  if constexpr (is_secret<T>) {
    to.add("{secret}");
  } else if constexpr (prints_itself<T>) {
    troupe_print(to, value);
  } else if constexpr (std::is_same_v<T, bool>) {
    to.add(value ? "true" : "false");
  } else if constexpr (std::is_same_v<T, char>) {
    to.add_quoted({&value, 1});
  } else if constexpr (std::is_same_v<T, std::byte>) {
    detail::print_unsigned(to, std::to_integer<unsigned>(value));
  } else if constexpr (std::signed_integral<T>) {
    detail::print_signed(to, value);
  } else if constexpr (std::integral<T>) {
    detail::print_unsigned(to, value);
  } else if constexpr (std::floating_point<T>) {
    detail::print_real(to, value);
  } else if constexpr (std::is_same_v<T, errc>) {
    to.add(to_string(value));
  } else if constexpr (std::is_same_v<T, error>) {
    to.add(to_string(value));
  } else if constexpr (contracted_enum<T>) {
    detail::print_enum(to, value);
  } else if constexpr (contracted_struct<T>) {
    detail::print_fields(to, value);
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    to.add_quoted(value);
  } else if constexpr (detail::prints_as_time<T>) {
    detail::print_real(to, std::chrono::duration<double>(value).count());
    to.add(" s");
  } else if constexpr (detail::prints_as_optional<T>) {
    if (value)
      print_value(to, *value);
    else
      to.add("none");
  } else if constexpr (detail::prints_as_variant<T>) {
    if (value.valueless_by_exception()) return to.add("none");
    std::visit([&](const auto& held) { print_value(to, held); }, value);
  } else if constexpr (detail::prints_as_tuple<T>) {
    detail::print_tuple(to, value);
  } else if constexpr (detail::can_be_looped<const T>) {
    detail::print_range(to, value);
  } else {
    to.add(type_name_of<T>);
  }
}

/// Whether there is more to say of a message than its name.
template <class T>
inline constexpr bool is_printable = !is_secret<T> && (prints_itself<T> || contracted<T> || encodable<T>);

}  // namespace troupe
