// The JSON forms of the standard library's values and sequences.
//
//  optional      null, or the value; [value] when the value itself may be null
//  variant       {"type": "...", "value": ...}, the type by its wire spelling: "i32", "bank.deposit". A spelling that
//                comes again among the alternatives has its index behind it: "i32#2". It is a pair of members and not
//                the value alone, because alternatives may look alike in JSON and may be appended later.
//  list          an array; list<byte>, like a blob, a string of base64
//  array, tuple, pair
//                an array of just that length
//  duration, time
//                see codec.hpp
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/blob.hpp>
#include <troupe/json/codec.hpp>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

/// null.
template <>
struct json_codec<std::monostate> {
  static constexpr bool nullable = true;
  static void write(json_writer& to, std::monostate) { to.null(); }
  static bool read(json_reader& from, json_value in, std::monostate&) {
    return in.is(json_kind::null) || from.fail("null", in);
  }
};

/// null or the value; a value that may itself be null in a list of one.
template <encodable T>
struct json_codec<std::optional<T>> {
  static constexpr bool nullable = true;

  static void write(json_writer& to, const std::optional<T>& v) {
    if (!v) return to.null();
    if constexpr (detail::json_nullable<T>) to.begin_array();
    json_codec<T>::write(to, *v);
    if constexpr (detail::json_nullable<T>) to.end_array();
  }

  static bool read(json_reader& from, json_value in, std::optional<T>& v) {
    if (in.is(json_kind::null)) {
      v.reset();
      return true;
    }
    if constexpr (detail::json_nullable<T>) {
      if (!in.is(json_kind::array) || in.size() != 1) return from.fail("null or a list of one", in);
      const json_reader::step into{from, std::size_t{0}};
      return json_codec<T>::read(from, *in.items().begin(), v.emplace());
    } else {
      return json_codec<T>::read(from, in, v.emplace());
    }
  }
};

/// The type's spelling and the value.
template <encodable... Ts>
requires(sizeof...(Ts) > 0) struct json_codec<std::variant<Ts...>> {
  using type = std::variant<Ts...>;
  static constexpr bool nullable = true;  // without a value

  // A valueless variant is null, which every reader refuses.
  static void write(json_writer& to, const type& v) {
    if (v.valueless_by_exception()) return to.null();
    to.begin_object();
    to.key("type");
    to.string(name_of(v.index()));
    to.key("value");
    std::visit([&to]<class T>(const T& held) { json_codec<T>::write(to, held); }, v);
    to.end_object();
  }

  static bool read(json_reader& from, json_value in, type& v) {
    std::optional<json_value> name, value;
    for (const auto [key, member] : in.members()) {
      std::optional<json_value>* const which = key == "type" ? &name : key == "value" ? &value : nullptr;
      if (which && *which) return from.fail_with("a variant has a member twice");
      if (which) *which = member;
    }
    if (!name || !value || !name->is(json_kind::string))
      return from.fail("an object with a type and a value", in);
    std::size_t index = 0;
    while (index < sizeof...(Ts) && name_of(index) != name->text()) ++index;
    if (index == sizeof...(Ts)) {
      const json_reader::step into{from, std::string_view{"type"}};
      return from.fail(names(), *name);
    }
    const json_reader::step into{from, std::string_view{"value"}};
    return read_at(from, *value, v, index, std::index_sequence_for<Ts...>{});
  }

 private:
  static std::string name_of(std::size_t index) {
    constexpr std::array<std::string_view, sizeof...(Ts)> spelled{type_name_of<Ts>...};
    std::string out{spelled[index]};
    for (std::size_t i = 0; i < index; ++i)
      if (spelled[i] == spelled[index]) return out + '#' + std::to_string(index);
    return out;
  }

  static std::string names() {
    std::string out = "one of ";
    for (std::size_t i = 0; i < sizeof...(Ts); ++i) out += (i ? ", " : "") + name_of(i);
    return out;
  }

  template <std::size_t... I>
  static bool read_at(json_reader& from, json_value in, type& v, std::size_t index,
                      std::index_sequence<I...>) {
    bool read = false;
    ((index == I ? void(read = json_codec<Ts>::read(from, in, v.template emplace<I>())) : void()), ...);
    return read;
  }
};

/// An array; bytes as base64.
template <countable T, class Allocator>
struct json_codec<std::vector<T, Allocator>> {
  using type = std::vector<T, Allocator>;

  static void write(json_writer& to, const type& v) {
    if constexpr (std::same_as<T, std::byte>) {
      to.base64({reinterpret_cast<const char*>(v.data()), v.size()});
    } else {
      to.begin_array();
      for (auto&& item : v) json_codec<T>::write(to, item);
      to.end_array();
    }
  }

  static bool read(json_reader& from, json_value in, type& v) {
    if constexpr (std::same_as<T, std::byte>) {
      const auto bytes = in.is(json_kind::string) ? decode_base64(in.text()) : std::nullopt;
      if (!bytes) return from.fail("bytes as base64", in);
      const auto* const first = reinterpret_cast<const std::byte*>(bytes->data());
      v.assign(first, first + bytes->size());
    } else {
      if (!in.is(json_kind::array)) return from.fail(type_name_of<type>, in);
      v.clear();
      // An element may be large in memory and two bytes of text, and the first one may already be wrong (K2).
      v.reserve(detail::reserve_count<T>(in.size(), 2 * in.size()));
      for (const json_value each : in.items()) {
        const json_reader::step into{from, v.size()};
        T item{};
        if (!json_codec<T>::read(from, each, item)) return false;
        v.push_back(std::move(item));
      }
    }
    return true;
  }
};

/// A string of base64.
template <>
struct json_codec<blob> {
  static void write(json_writer& to, const blob& v) { to.base64(v.text()); }
  static bool read(json_reader& from, json_value in, blob& v) {
    auto bytes = in.is(json_kind::string) ? decode_base64(in.text()) : std::nullopt;
    if (!bytes) return from.fail("bytes as base64", in);
    v = blob{std::move(*bytes)};
    return true;
  }
};

namespace detail {

/// Calls `read(step into the item, item, index)` for the items of an array of `n`; false when it is not one.
template <class Read>
bool read_fixed(json_reader& from, json_value in, std::size_t n, std::string_view what, Read read) {
  if (!in.is(json_kind::array) || in.size() != n)
    return from.fail(std::string{what} + ", a list of " + std::to_string(n), in);
  std::size_t index = 0;
  for (const json_value item : in.items()) {
    const json_reader::step into{from, index};
    if (!read(item, index++)) return false;
  }
  return true;
}

/// What the forms of tuples and pairs have in common.
template <class Tuple, class... Ts>
struct json_tuple_codec {
  static void write(json_writer& to, const Tuple& v) {
    to.begin_array();
    std::apply([&to](const Ts&... items) { (json_codec<Ts>::write(to, items), ...); }, v);
    to.end_array();
  }

  static bool read(json_reader& from, json_value in, Tuple& v) {
    return read_fixed(from, in, sizeof...(Ts), type_name_of<Tuple>, [&](json_value item, std::size_t index) {
      return read_at(from, item, v, index, std::index_sequence_for<Ts...>{});
    });
  }

 private:
  template <std::size_t... I>
  static bool read_at([[maybe_unused]] json_reader& from, [[maybe_unused]] json_value in,
                      [[maybe_unused]] Tuple& v, [[maybe_unused]] std::size_t index,
                      std::index_sequence<I...>) {
    bool read = false;
    ((index == I ? void(read = json_codec<Ts>::read(from, in, std::get<I>(v))) : void()), ...);
    return read;
  }
};

/// The unit of a duration as people write it.
template <class Period>
std::string unit_name() {
  if (std::ratio_equal_v<Period, std::nano>) return "ns";
  if (std::ratio_equal_v<Period, std::micro>) return "us";
  if (std::ratio_equal_v<Period, std::milli>) return "ms";
  if (std::ratio_equal_v<Period, std::ratio<1>>) return "s";
  if (std::ratio_equal_v<Period, std::ratio<60>>) return "min";
  if (std::ratio_equal_v<Period, std::ratio<3600>>) return "h";
  if (std::ratio_equal_v<Period, std::ratio<86400>>) return "d";
  return std::to_string(Period::num) + "/" + std::to_string(Period::den) + " s";
}

/// The only member of `in` when it is called `name`.
inline std::optional<json_value> only_member(json_value in, std::string_view name) {
  if (in.size() == 1)
    for (const auto [key, value] : in.members())
      if (key == name) return value;
  return std::nullopt;
}

}  // namespace detail

/// An array of just `N`.
template <encodable T, std::size_t N>
struct json_codec<std::array<T, N>> {
  static void write(json_writer& to, const std::array<T, N>& v) {
    to.begin_array();
    for (const T& item : v) json_codec<T>::write(to, item);
    to.end_array();
  }

  static bool read(json_reader& from, json_value in, std::array<T, N>& v) {
    return detail::read_fixed(from, in, N, type_name_of<std::array<T, N>>,
                              [&](json_value item, [[maybe_unused]] std::size_t index) {
                                if constexpr (N > 0)
                                  return json_codec<T>::read(from, item, v[index]);
                                else
                                  return false;
                              });
  }
};

/// An array of just its elements.
template <encodable... Ts>
struct json_codec<std::tuple<Ts...>> : detail::json_tuple_codec<std::tuple<Ts...>, Ts...> {};

/// An array of two.
template <encodable A, encodable B>
struct json_codec<std::pair<A, B>> : detail::json_tuple_codec<std::pair<A, B>, A, B> {};

/// The count, under the name of its unit.
template <class Rep, class Period>
requires encodable<Rep>
struct json_codec<std::chrono::duration<Rep, Period>> {
  using type = std::chrono::duration<Rep, Period>;

  static void write(json_writer& to, const type& v) {
    to.begin_object();
    to.key(detail::unit_name<Period>());
    json_codec<Rep>::write(to, v.count());
    to.end_object();
  }

  static bool read(json_reader& from, json_value in, type& v) {
    const std::string unit = detail::unit_name<Period>();
    const auto count = detail::only_member(in, unit);
    if (!count) return from.fail("a duration: {\"" + unit + "\": a number}", in);
    const json_reader::step into{from, std::string_view{unit}};
    Rep n{};
    if (!json_codec<Rep>::read(from, *count, n)) return false;
    v = type{n};
    return true;
  }
};

/// What has passed since 1970.
template <class Duration>
requires encodable<Duration>
struct json_codec<std::chrono::sys_time<Duration>> {
  using type = std::chrono::sys_time<Duration>;

  static void write(json_writer& to, const type& v) {
    to.begin_object();
    to.key("since_1970");
    json_codec<Duration>::write(to, v.time_since_epoch());
    to.end_object();
  }

  static bool read(json_reader& from, json_value in, type& v) {
    const auto since = detail::only_member(in, "since_1970");
    if (!since) return from.fail("a time: {\"since_1970\": a duration}", in);
    const json_reader::step into{from, std::string_view{"since_1970"}};
    Duration d{};
    if (!json_codec<Duration>::read(from, *since, d)) return false;
    v = type{d};
    return true;
  }
};

}  // namespace troupe
