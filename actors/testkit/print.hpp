// Values in reports: a message by the fields of its contract, anything else by its `operator<<`; and what differs between
// two of them, field by field.
//
// Rules
//  PR1 A type needs neither: without a contract and without `<<` its name is printed.
//  PR2 What is printed is bounded: `printed_bytes_max` bytes a value, `printed_items_max` elements a container.
//  PR3 Two values are the same when `==` says so; where a type has none, when all fields of its contract are.
#pragma once

#include <chrono>
#include <concepts>
#include <initializer_list>
#include <optional>
#include <ostream>
#include <ranges>
#include <sstream>
#include <string>
#include <string_view>
#include <troupe/contract/contract.hpp>
#include <troupe/ref/ref.hpp>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::testkit {

/// PR2.
inline constexpr std::size_t printed_bytes_max = 2000;
/// PR2.
inline constexpr std::size_t printed_items_max = 32;

/// Text in quotes, with escapes for what can't be read.
std::string in_quotes(std::string_view text);
/// The first bytes of a blob in quotes, and how many there are.
std::string printed_blob(const blob& value);
/// The parts one behind the other.
std::string joined(std::initializer_list<std::string_view> parts);
/// A span of time with the largest unit that keeps it whole: `1500ms`.
std::string printed_time(duration d);
/// `text`, cut to `printed_bytes_max` (PR2).
std::string shortened(std::string text);

/// `value` as a report shows it (PR1, PR2).
template <class T>
std::string printed(const T& value);

namespace detail {

template <class T>
concept streamable = requires(std::ostream& to, const T& value) {
  to << value;
};

template <class T>
concept text_like = std::convertible_to<const T&, std::string_view>;

template <class T>
concept range_like = std::ranges::input_range<const T> && !text_like<T>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... Ts>
inline constexpr bool is_variant<std::variant<Ts...>> = true;
template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<result<T>> = true;
template <class T>
inline constexpr bool is_tuple = false;
template <class... Ts>
inline constexpr bool is_tuple<std::tuple<Ts...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;
template <class T>
inline constexpr bool is_span_of_time = false;
template <class R, class P>
inline constexpr bool is_span_of_time<std::chrono::duration<R, P>> = true;

template <class T>
std::string printed_struct(const T& value) {
  std::string out{contract_of<T>.name};
  out += '{';
  bool first = true;
  for_each_field(value, [&](std::string_view name, const auto& field) {
    out += joined({first ? "" : ", ", name, ": ", printed(field)});
    first = false;
  });
  return joined({out, "}"});
}

template <class E>
std::string printed_enum(E value) {
  for (const auto& known : contract_of<E>.values)
    if (known.value == value) return std::string{known.name};
  return joined(
      {contract_of<E>.name, "(", std::to_string(static_cast<std::underlying_type_t<E>>(value)), ")"});
}

template <class T>
std::string printed_range(const T& value) {
  std::string out = "[";
  std::size_t shown = 0, all = 0;
  for (const auto& item : value) {
    if (all++ >= printed_items_max) continue;
    out += joined({shown++ ? ", " : "", printed(item)});
  }
  if (all > shown) out += joined({", and ", std::to_string(all - shown), " more"});
  return joined({out, "]"});
}

template <class T>
std::string printed_tuple(const T& value) {
  return std::apply(
      [](const auto&... items) {
        std::string out = "(";
        std::size_t i = 0;
        ((out += joined({i++ ? ", " : "", printed(items)})), ...);
        return joined({out, ")"});
      },
      value);
}

template <class T>
std::string printed_whole(const T& value) {
  if constexpr (std::is_base_of_v<any_ref, T>)
    return joined({"ref(", value.path(), ")"});
  else if constexpr (std::is_same_v<T, unit>)
    return "unit";
  else if constexpr (std::is_same_v<T, error>)
    return joined({"error(", to_string(value), ")"});
  else if constexpr (std::is_same_v<T, errc>)
    return std::string{to_string(value)};
  else if constexpr (contracted_struct<T>)
    return printed_struct(value);
  else if constexpr (contracted_enum<T>)
    return printed_enum(value);
  else if constexpr (std::is_same_v<T, bool>)
    return value ? "true" : "false";
  else if constexpr (std::is_same_v<T, char>)
    return in_quotes({&value, 1});
  else if constexpr (std::integral<T>)
    return std::to_string(value);
  else if constexpr (text_like<T>)
    return in_quotes(value);
  else if constexpr (is_span_of_time<T>)
    return printed_time(duration_cast<duration>(value));
  else if constexpr (std::is_same_v<T, std::byte>)
    return std::to_string(std::to_integer<unsigned>(value));
  else if constexpr (std::is_same_v<T, blob>)
    return printed_blob(value);
  else if constexpr (is_optional<T>)
    return value ? printed(*value) : std::string{"none"};
  else if constexpr (is_result<T>) {
    if (!value) return printed(value.error());
    if constexpr (std::is_same_v<T, result<void>>)
      return "ok";
    else
      return printed(*value);
  } else if constexpr (is_variant<T>)
    return value.valueless_by_exception() ? std::string{"valueless"}
                                          : std::visit([](const auto& held) { return printed(held); }, value);
  else if constexpr (streamable<T>) {
    std::ostringstream to;
    to << value;
    return to.str();
  } else if constexpr (is_tuple<T>)
    return printed_tuple(value);
  else if constexpr (range_like<T>)
    return printed_range(value);
  else if constexpr (std::is_enum_v<T>)
    return joined(
        {cpp_type_name<T>, "(", std::to_string(static_cast<std::underlying_type_t<T>>(value)), ")"});
  else if constexpr (std::is_empty_v<T>)
    return joined({type_name_of<T>, "{}"});
  else
    return joined({type_name_of<T>, "{no contract and no operator<<, so its fields can't be shown}"});
}

}  // namespace detail

/// `value` as a report shows it (PR1, PR2).
template <class T>
std::string printed(const T& value) {
  return shortened(detail::printed_whole(value));
}

namespace detail {

template <class T>
concept has_equality = requires(const T& a, const T& b) {
  { a == b } -> std::convertible_to<bool>;
};

template <class T, class Visit>
void for_both(const T& a, const T& b, Visit visit) {
  std::apply(
      [&](auto... members) {
        std::size_t i = 0;
        (visit(contract_of<T>.fields[i++], a.*members, b.*members), ...);
      },
      contract_of<T>.members());
}

// A struct that has its own == before its fields; containers by their elements, whose == the container only believes in.
template <class T>
bool same(const T& a, const T& b) {
  if constexpr (is_tuple<T>) {
    bool all = true;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((all = all && same(std::get<I>(a), std::get<I>(b))), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<T>>{});
    return all;
  } else if constexpr (std::is_class_v<T> && has_equality<T> && !range_like<T> && !is_optional<T>) {
    return a == b;
  } else if constexpr (contracted_struct<T>) {
    bool all = true;
    for_both(a, b, [&](std::string_view, const auto& x, const auto& y) { all = all && same(x, y); });
    return all;
  } else if constexpr (is_optional<T>) {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
  } else if constexpr (range_like<T>) {
    auto i = std::ranges::begin(a);
    auto j = std::ranges::begin(b);
    for (; i != std::ranges::end(a) && j != std::ranges::end(b); ++i, ++j)
      if (!same(*i, *j)) return false;
    return i == std::ranges::end(a) && j == std::ranges::end(b);
  } else if constexpr (std::is_empty_v<T>) {
    return true;
  } else {
    static_assert(has_equality<T>,
                  "troupe: expect_message compares by ==, or by the fields of a contract; give the message "
                  "one of them");
    return a == b;
  }
}

template <class T>
void add_differences(std::vector<std::string>& out, const std::string& at, const T& expected, const T& got) {
  if (same(expected, got)) return;
  if constexpr (contracted_struct<T>) {
    const std::size_t before = out.size();
    for_both(expected, got, [&](std::string_view name, const auto& x, const auto& y) {
      add_differences(out, joined({at, at.empty() ? "" : ".", name}), x, y);
    });
    if (out.size() != before) return;  // else == looks at more than the contract
  } else if constexpr (range_like<T> && std::ranges::sized_range<const T> &&
                       std::ranges::random_access_range<const T>) {
    if (std::ranges::size(expected) == std::ranges::size(got)) {
      for (std::size_t i = 0; i < std::ranges::size(got); ++i)
        add_differences(out, joined({at, "[", std::to_string(i), "]"}), expected[i], got[i]);
      return;
    }
  }
  out.push_back(joined({at, at.empty() ? "" : ": ", "expected ", printed(expected), ", got ", printed(got)}));
}

}  // namespace detail

/// Whether the two are the same (PR3).
template <class T>
bool same(const T& a, const T& b) {
  return detail::same(a, b);
}

/// What differs, one line a field: `cents: expected 100, got 99`; empty when they are the same (PR3).
template <class T>
std::vector<std::string> differences(const T& expected, const T& got) {
  std::vector<std::string> out;
  detail::add_differences(out, {}, expected, got);
  return out;
}

}  // namespace troupe::testkit
