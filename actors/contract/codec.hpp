// Values as bytes: what a codec is, and the codecs of plain values. Those of containers are in codec_std.hpp
// and codec_map.hpp, those of contract structs in codec_struct.hpp. Codecs have no state; any thread may use
// them.
//
// Rules
//  K1 A codec reads exactly what it wrote, from the reader's front; it leaves the rest alone.
//  K2 `decode` gets a value-initialised object and returns false when the bytes are not one; the object is
//     then in some valid state and is thrown away. Memory grows with the bytes that are there, never with a
//     count that was announced.
//  K3 The same value gives the same bytes on every machine, except that unordered containers are written in
//     their own order.
//  K4 Integers of one byte are that byte; wider ones are varints (zigzag when signed), so a field may be
//     widened later without a change on the wire. A value that does not fit the reader's type is an error.
//
// A codec of your own is a specialisation, visible before its type is first used:
//
//   template <>
//   struct troupe::codec<geo::point> {
//     static constexpr std::string_view type_name = "geo.point";  // for schemas; left out: the C++ name
//     static constexpr std::size_t least_bytes = 16;              // never fewer than this; left out: 1
//     static void encode(troupe::byte_writer& to, const geo::point& p) {
//       to.f64(p.x);
//       to.f64(p.y);
//     }
//     static bool decode(troupe::byte_reader& from, geo::point& p) {
//       p.x = from.f64();
//       p.y = from.f64();
//       return from.ok();
//     }
//   };
//
// A template names itself through `template <class Sink> static constexpr void spell(Sink& to)`, with
// `to.text("box<")` and `to.template type<T>()`. A codec that can nest in itself calls `enter()` and
// `leave()` around the inner part.
//
// A type whose bytes mean something only together with its surroundings (a reference to an actor) finds those
// in `to.context()` and `from.context()`: an untyped pointer that whoever made the writer or reader put
// there, passed on by every codec of this room. It is null where there are no surroundings: then `decode`
// fails and `encode` writes what no `decode` accepts. The object is default-constructible, like everything
// that is decoded.
#pragma once

#include <bit>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <troupe/base/bytes.hpp>
#include <troupe/contract/declare.hpp>
#include <type_traits>

namespace troupe {

/// How a `T` is written and read: `encode(byte_writer&, const T&)` and `bool decode(byte_reader&, T&)`, both
/// static. Not defined for types that have no codec.
template <class T>
struct codec;

/// A type that can be written and read back.
template <class T>
concept encodable = std::default_initializable<T> &&
    requires(byte_writer& to, byte_reader& from, const T& in, T& out) {
  codec<T>::encode(to, in);
  { codec<T>::decode(from, out) } -> std::same_as<bool>;
};

/// The fewest bytes a `T` takes on the wire: what a count of them is checked against (B2).
template <encodable T>
inline constexpr std::size_t least_bytes = [] {
  if constexpr (requires { codec<T>::least_bytes; })
    return std::size_t{codec<T>::least_bytes};
  else
    return std::size_t{1};
}();

/// An encodable type of at least one byte. Only these may be counted: a million of nothing would cost a peer
/// nothing.
template <class T>
concept countable = encodable<T> && bool(least_bytes<T>);

namespace detail {

/// Bytes of `v` that are known before it is written, where it may be large; no more than are written then.
template <class T>
std::size_t bulk_of(const T& v) noexcept {
  if constexpr (requires { codec<T>::bulk(v); })
    return codec<T>::bulk(v);
  else
    return 0;
}

/// True when a field of type `F` can be coded; else one readable line that says why not.
template <class F>
constexpr bool require_codec() {
  constexpr bool view = std::is_same_v<F, std::string_view>;
  constexpr bool pointer = std::is_pointer_v<F>;
  constexpr bool makeable = std::default_initializable<F>;
  static_assert(!view,
                "troupe: a string_view field can't be decoded, nobody would own its text; use std::string");
  static_assert(!pointer, "troupe: a pointer field means nothing on another node; send a value or a ref");
  static_assert(makeable, "troupe: a field type needs a default constructor to be decoded");
  static_assert(encodable<F> || view || pointer || !makeable,
                "troupe: field type has no codec; give it a TROUPE_CONTRACT or specialise troupe::codec");
  return encodable<F>;
}

/// Elements to reserve for `n` announced ones: at most 16 bytes of memory for a byte of input, the rest grows
/// as the elements really arrive (K2).
template <class T>
constexpr std::size_t reserve_count(std::size_t n, std::size_t bytes_left) noexcept {
  const std::size_t most = bytes_left * 16 / sizeof(T) + 1;
  return n < most ? n : most;
}

/// The integers that have a codec. wchar_t is left out: its size differs between platforms.
template <class T>
concept wire_integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, wchar_t> &&
                       !std::is_const_v<T> && !std::is_volatile_v<T> && sizeof(T) <= 8;

/// The wire spelling of an integer type, by size and sign.
template <wire_integer T>
constexpr std::string_view integer_name() noexcept {
  if (std::same_as<T, char>) return "char";
  if (std::same_as<T, char8_t>) return "char8";
  if (std::same_as<T, char16_t>) return "char16";
  if (std::same_as<T, char32_t>) return "char32";
  constexpr std::string_view names[2][4] = {{"u8", "u16", "u32", "u64"}, {"i8", "i16", "i32", "i64"}};
  return names[std::is_signed_v<T>][std::countr_zero(sizeof(T))];
}

}  // namespace detail

/// One byte, 0 or 1.
template <>
struct codec<bool> {
  static constexpr std::string_view type_name = "bool";
  static void encode(byte_writer& to, bool v) { to.u8(v ? 1 : 0); }
  static bool decode(byte_reader& from, bool& v) noexcept {
    const std::uint8_t b = from.u8();
    if (b > 1) from.fail("a bool that is neither 0 nor 1");
    v = b == 1;
    return from.ok();
  }
};

/// Integers, see K4.
template <detail::wire_integer T>
struct codec<T> {
  static constexpr std::string_view type_name = detail::integer_name<T>();

  static void encode(byte_writer& to, T v) {
    if constexpr (sizeof(T) == 1)
      to.u8(static_cast<std::uint8_t>(v));
    else if constexpr (std::is_signed_v<T>)
      to.svarint(v);
    else
      to.varint(v);
  }

  static bool decode(byte_reader& from, T& v) noexcept {
    if constexpr (sizeof(T) == 1)
      v = static_cast<T>(from.u8());
    else if constexpr (std::is_signed_v<T>)
      v = narrowed(from, from.svarint());
    else
      v = narrowed(from, from.varint());
    return from.ok();
  }

 private:
  template <class Wide>
  static T narrowed(byte_reader& from, Wide wide) noexcept {
    const T v = static_cast<T>(wide);
    if (static_cast<Wide>(v) == wide) return v;
    from.fail("a number out of the range of its type");
    return T{};
  }
};

/// The four bytes of an IEEE 754 number; a NaN keeps its payload.
template <>
struct codec<float> {
  static_assert(std::numeric_limits<float>::is_iec559 && sizeof(float) == 4);
  static constexpr std::string_view type_name = "f32";
  static constexpr std::size_t least_bytes = 4;
  static void encode(byte_writer& to, float v) { to.u32(std::bit_cast<std::uint32_t>(v)); }
  static bool decode(byte_reader& from, float& v) noexcept {
    v = std::bit_cast<float>(from.u32());
    return from.ok();
  }
};

/// The eight bytes of an IEEE 754 number; a NaN keeps its payload.
template <>
struct codec<double> {
  static_assert(std::numeric_limits<double>::is_iec559 && sizeof(double) == 8);
  static constexpr std::string_view type_name = "f64";
  static constexpr std::size_t least_bytes = 8;
  static void encode(byte_writer& to, double v) { to.f64(v); }
  static bool decode(byte_reader& from, double& v) noexcept {
    v = from.f64();
    return from.ok();
  }
};

/// One byte.
template <>
struct codec<std::byte> {
  static constexpr std::string_view type_name = "byte";
  static void encode(byte_writer& to, std::byte v) { to.u8(static_cast<std::uint8_t>(v)); }
  static bool decode(byte_reader& from, std::byte& v) noexcept {
    v = std::byte{from.u8()};
    return from.ok();
  }
};

/// Enums are their underlying value; those with a contract accept the listed values only.
template <class E>
requires detail::fixed_enum<E> && encodable<std::underlying_type_t<E>>
struct codec<E> {
  using number = std::underlying_type_t<E>;

  static void encode(byte_writer& to, E v) { codec<number>::encode(to, static_cast<number>(v)); }

  static bool decode(byte_reader& from, E& v) noexcept {
    number n{};
    if (!codec<number>::decode(from, n)) return false;
    v = static_cast<E>(n);
    if constexpr (contracted_enum<E>)
      if (!contract_of<E>.knows(v)) from.fail("an enum value that is not in the contract");
    return from.ok();
  }
};

/// A varint length, then the bytes; whether they are UTF-8 is not looked at.
template <>
struct codec<std::string> {
  static constexpr std::string_view type_name = "string";
  static void encode(byte_writer& to, const std::string& v) { to.bytes(v); }
  static std::size_t bulk(const std::string& v) noexcept { return v.size(); }
  static bool decode(byte_reader& from, std::string& v) {
    v = from.bytes();
    return from.ok();
  }
};

/// Durations are their count, in their own unit; the unit is part of the type name and so of the schema.
template <class Rep, class Period>
requires encodable<Rep>
struct codec<std::chrono::duration<Rep, Period>> {
  using type = std::chrono::duration<Rep, Period>;
  static constexpr std::size_t least_bytes = troupe::least_bytes<Rep>;

  static void encode(byte_writer& to, const type& v) { codec<Rep>::encode(to, v.count()); }

  static bool decode(byte_reader& from, type& v) noexcept {
    Rep count{};
    const bool ok = codec<Rep>::decode(from, count);
    v = type{count};
    return ok;
  }

  template <class Sink>
  static constexpr void spell(Sink& to) {
    to.text("duration<");
    to.template type<Rep>();
    to.text(",");
    to.number(Period::num);
    to.text("/");
    to.number(Period::den);
    to.text(">");
  }
};

/// A point of wall-clock time is what has passed since 1970. Points on the runtime's own time line have no
/// codec: they mean nothing on another node; send the time that is left.
template <class Duration>
requires encodable<Duration>
struct codec<std::chrono::sys_time<Duration>> {
  using type = std::chrono::sys_time<Duration>;
  static constexpr std::size_t least_bytes = troupe::least_bytes<Duration>;

  static void encode(byte_writer& to, const type& v) { codec<Duration>::encode(to, v.time_since_epoch()); }

  static bool decode(byte_reader& from, type& v) noexcept {
    Duration since{};
    const bool ok = codec<Duration>::decode(from, since);
    v = type{since};
    return ok;
  }

  template <class Sink>
  static constexpr void spell(Sink& to) {
    to.text("time<");
    to.template type<Duration>();
    to.text(">");
  }
};

}  // namespace troupe
