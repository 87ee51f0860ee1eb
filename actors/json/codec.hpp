// How a value is written and read as JSON, and the forms of plain values. Those of containers are in codec_std.hpp
// and codec_map.hpp, those of contracts in codec_struct.hpp.
//
//  bool                       true, false
//  integers, char, byte       a number, in full; a string of its digits is read as well, since JavaScript can't
//                             hold more than 53 bits
//  float, double              a number; "NaN", "Infinity", "-Infinity"
//  string                     a string; {"base64": "..."} when its bytes are no UTF-8
//  errc                       its name
//  enum with a contract       the name of its value; of several with one value the first
//  enum without               its number
//  duration                   its count with its unit: {"ms": 1500}; ns us ms s min h d, others "1001/30000 s"
//  time                       {"since_1970": {"ms": 1500}}
//  nothing, unit              null
//  a type that only has a codec of its own
//                             a string: the text that codec says it has (`to_text`, `from_text`: a ref's token), else
//                             the base64 of its binary form
//
// Rules
//  JC1 A codec reads exactly what it wrote: every value comes back equal, also every bit of a number (of a NaN only
//      that it is one). Unordered containers may change their order.
//  JC2 Versions read each other as in the binary form (C2), by name: unknown members are skipped, missing ones keep
//      their initialiser.
//  JC3 What does not fit is an error that names the place and what was expected there (JR1): a number out of the
//      range of its type, null where a value belongs, an unknown name.
//
// A JSON form of your own is a specialisation, visible before its type is first used:
//
//   template <>
//   struct troupe::json_codec<geo::point> {
//     static void write(troupe::json_writer& to, const geo::point& p);
//     static bool read(troupe::json_reader& from, troupe::json_value in, geo::point& p);
//     static constexpr bool nullable = false;  // true when it may write null; left out: false
//   };
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <troupe/contract/contract.hpp>
#include <troupe/json/base64.hpp>
#include <troupe/json/document.hpp>
#include <troupe/json/reader.hpp>
#include <troupe/json/utf8.hpp>
#include <troupe/json/writer.hpp>
#include <type_traits>

namespace troupe {

namespace detail {

/// As the JSON form of a `std::string`.
inline void write_text(json_writer& to, const std::string& v);
/// As the JSON form of a `std::string`.
inline bool read_text(json_reader& from, json_value in, std::string& v);

/// Whether the codec of `T` says which text stands for a value, given the context of the writer or reader.
template <class T>
concept has_text_form = requires(const T& v, std::string_view text, const void* context, const char*& why) {
  { codec<T>::to_text(v, context) } -> std::same_as<std::string>;
  { codec<T>::from_text(text, context, why) } -> std::same_as<T>;
};

}  // namespace detail

/// How a `T` is written as JSON and read: `write(json_writer&, const T&)` and `bool read(json_reader&, json_value,
/// T&)`, both static; `read` gets a value-initialised object. This one is for types with a codec of their own: the
/// text it has for them, else the base64 of their binary form.
template <class T>
struct json_codec {
  static_assert(
      encodable<T>,
      "troupe: this type has no JSON form: it has no codec; give it a TROUPE_CONTRACT or specialise "
      "troupe::codec");

  /// The text, or the bytes as base64.
  static void write(json_writer& to, const T& v) {
    if constexpr (detail::has_text_form<T>)
      detail::write_text(to, codec<T>::to_text(v, to.context()));
    else
      to.base64(pack(v, to.context()));
  }

  /// The value of that text or those bytes; false when they are none, with the reason (JC3).
  static bool read(json_reader& from, json_value in, T& v) {
    if constexpr (detail::has_text_form<T>) {
      std::string text;
      if (!detail::read_text(from, in, text)) return false;
      const char* why = nullptr;
      v = codec<T>::from_text(text, from.context(), why);
      return !why || from.fail_with(why);
    } else {
      return read_bytes(from, in, v);
    }
  }

 private:
  static bool read_bytes(json_reader& from, json_value in, T& v) {
    const auto bytes = in.is(json_kind::string) ? decode_base64(in.text()) : std::nullopt;
    if (!bytes) return from.fail("base64 of a " + std::string{type_name_of<T>}, in);
    auto made = unpack<T>(*bytes, from.context());
    if (!made) return from.fail_with(made.error().text);
    v = std::move(*made);
    return true;
  }
};

namespace detail {

/// Whether a `T` may be written as null, so that it can't also say "not there".
template <class T>
inline constexpr bool json_nullable = [] {
  if constexpr (requires { json_codec<T>::nullable; })
    return bool{json_codec<T>::nullable};
  else
    return false;
}();

/// Reads `digits` into `v`, all of them. False when they are no `N` or out of its range.
template <class N>
bool number_from(std::string_view digits, N& v) noexcept {
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), v);
  return code == std::errc{} && end == digits.data() + digits.size() && !digits.empty();
}

/// The integer that a `wire_integer` is written as.
template <class T>
using json_integer =
    std::conditional_t<std::is_signed_v<T> && !std::same_as<T, char>, std::int64_t, std::uint64_t>;

template <class T>
void write_integer(json_writer& to, T v) {
  if constexpr (std::same_as<T, char>)  // its sign differs between platforms
    to.natural(static_cast<unsigned char>(v));
  else if constexpr (std::is_signed_v<T>)
    to.integer(v);
  else
    to.natural(static_cast<std::uint64_t>(v));
}

template <class T>
bool read_integer(json_reader& from, json_value in, T& v) {
  using number = std::conditional_t<std::same_as<T, char>, unsigned char, T>;
  using wide = json_integer<T>;
  wide n = 0;
  if (!number_from(in.text(), n) || n < static_cast<wide>(std::numeric_limits<number>::min()) ||
      n > static_cast<wide>(std::numeric_limits<number>::max()))
    return from.fail(type_name_of<T>, in);
  v = static_cast<T>(n);
  return true;
}

template <class F>
bool read_floating(json_reader& from, json_value in, F& v) {
  if (in.is(json_kind::number) && number_from(in.text(), v)) return true;
  if (in.is(json_kind::string)) {
    constexpr F infinite = std::numeric_limits<F>::infinity();
    if (in.text() == "NaN") return v = std::numeric_limits<F>::quiet_NaN(), true;
    if (in.text() == "Infinity") return v = infinite, true;
    if (in.text() == "-Infinity") return v = -infinite, true;
  }
  return from.fail(type_name_of<F>, in);
}

}  // namespace detail

/// true or false.
template <>
struct json_codec<bool> {
  static void write(json_writer& to, bool v) { to.boolean(v); }
  static bool read(json_reader& from, json_value in, bool& v) {
    v = in.truth();
    return in.is(json_kind::boolean) || from.fail("bool", in);
  }
};

/// A number in full; its digits as a string are read as well.
template <detail::wire_integer T>
struct json_codec<T> {
  static void write(json_writer& to, T v) { detail::write_integer(to, v); }
  static bool read(json_reader& from, json_value in, T& v) { return detail::read_integer(from, in, v); }
};

/// A number from 0 to 255.
template <>
struct json_codec<std::byte> {
  static void write(json_writer& to, std::byte v) { to.natural(std::to_integer<std::uint64_t>(v)); }
  static bool read(json_reader& from, json_value in, std::byte& v) {
    std::uint8_t n = 0;
    if (!detail::read_integer(from, in, n)) return false;
    v = std::byte{n};
    return true;
  }
};

/// A number, by the fewest digits that read back as the same one.
template <std::floating_point T>
requires encodable<T>
struct json_codec<T> {
  static void write(json_writer& to, T v) { to.number(v); }
  static bool read(json_reader& from, json_value in, T& v) { return detail::read_floating(from, in, v); }
};

/// A string; bytes that are no UTF-8 as {"base64": "..."}.
template <>
struct json_codec<std::string> {
  static void write(json_writer& to, const std::string& v) {
    if (is_utf8(v)) return to.string(v);
    to.begin_object();
    to.key("base64");
    to.base64(v);
    to.end_object();
  }

  static bool read(json_reader& from, json_value in, std::string& v) {
    if (in.is(json_kind::string)) {
      v = in.text();
      return true;
    }
    if (in.size() == 1)
      for (const auto [key, inner] : in.members())
        if (key == "base64" && inner.is(json_kind::string))
          if (auto bytes = decode_base64(inner.text())) return v = std::move(*bytes), true;
    return from.fail("string", in);
  }
};

namespace detail {

inline void write_text(json_writer& to, const std::string& v) { json_codec<std::string>::write(to, v); }
inline bool read_text(json_reader& from, json_value in, std::string& v) {
  return json_codec<std::string>::read(from, in, v);
}

}  // namespace detail

/// null.
template <>
struct json_codec<unit> {
  static constexpr bool nullable = true;
  static void write(json_writer& to, unit) { to.null(); }
  static bool read(json_reader& from, json_value in, unit&) {
    return in.is(json_kind::null) || from.fail("null", in);
  }
};

/// The name of the code. One that this program does not know is `errc::invalid`, as in the binary form.
template <>
struct json_codec<errc> {
  static void write(json_writer& to, errc v) { to.string(to_string(v)); }
  static bool read(json_reader& from, json_value in, errc& v) {
    v = errc_from_string(in.text());
    return in.is(json_kind::string) || from.fail("the name of an errc", in);
  }
};

}  // namespace troupe
