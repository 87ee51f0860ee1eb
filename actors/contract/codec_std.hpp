// Codecs of the standard library's values and sequences: optional, variant, vector, array, pair, tuple,
// monostate.
//
//  list<T>      a varint count, then the elements; list<byte> is `bytes`: a length, then the bytes
//  array<T,N>   N elements, without a count
//  tuple        its elements in order, nothing else; a pair is a tuple of two
//  optional<T>  a bool, then the value if there is one
//  variant      a varint index, then that alternative; alternatives may be appended, never reordered (C2)
#pragma once

#include <array>
#include <optional>
#include <troupe/contract/codec.hpp>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

namespace detail {

/// Spells `open`, the types with commas between them, and `>`.
template <class Sink, class... Ts>
constexpr void spell_list(Sink& to, std::string_view open) {
  to.text(open);
  [[maybe_unused]] bool first = true;
  ((first ? void(first = false) : to.text(","), to.template type<Ts>()), ...);
  to.text(">");
}

/// Types whose memory is their wire form, so that a list of them is copied at once.
template <class T>
concept one_byte = sizeof(T) == 1 && (wire_integer<T> || std::same_as<T, std::byte>);

}  // namespace detail

/// No bytes.
template <>
struct codec<std::monostate> {
  static constexpr std::string_view type_name = "nothing";
  static constexpr std::size_t least_bytes = 0;
  static void encode(byte_writer&, std::monostate) {}
  static bool decode(byte_reader& from, std::monostate&) noexcept { return from.ok(); }
};

/// A bool, then the value if there is one.
template <encodable T>
struct codec<std::optional<T>> {
  static void encode(byte_writer& to, const std::optional<T>& v) {
    to.u8(v.has_value() ? 1 : 0);
    if (v) codec<T>::encode(to, *v);
  }

  static bool decode(byte_reader& from, std::optional<T>& v) {
    bool there = false;
    if (!codec<bool>::decode(from, there)) return false;
    if (there) return codec<T>::decode(from, v.emplace());
    v.reset();
    return true;
  }

  static std::size_t bulk(const std::optional<T>& v) noexcept { return v ? detail::bulk_of(*v) : 0; }

  template <class Sink>
  static constexpr void spell(Sink& to) {
    detail::spell_list<Sink, T>(to, "optional<");
  }
};

/// The index, then that alternative.
template <encodable... Ts>
requires(sizeof...(Ts) > 0) struct codec<std::variant<Ts...>> {
  using type = std::variant<Ts...>;

  // A valueless variant has no alternative to name; it is written as an index that every reader refuses.
  static void encode(byte_writer& to, const type& v) {
    if (v.valueless_by_exception()) return to.varint(~std::uint64_t{0});
    to.varint(v.index());
    std::visit([&]<class T>(const T& held) { codec<T>::encode(to, held); }, v);
  }

  static bool decode(byte_reader& from, type& v) {
    const std::uint64_t index = from.varint();
    if (index >= sizeof...(Ts)) from.fail("a variant's index is not one of its alternatives");
    return from.ok() && decode_at(from, v, index, std::index_sequence_for<Ts...>{});
  }

  template <class Sink>
  static constexpr void spell(Sink& to) {
    detail::spell_list<Sink, Ts...>(to, "variant<");
  }

 private:
  template <std::size_t... I>
  static bool decode_at(byte_reader& from, type& v, std::uint64_t index, std::index_sequence<I...>) {
    bool ok = false;
    ((index == I ? void(ok = codec<Ts>::decode(from, v.template emplace<I>())) : void()), ...);
    return ok;
  }
};

/// A count, then the elements.
template <countable T, class Allocator>
struct codec<std::vector<T, Allocator>> {
  static void encode(byte_writer& to, const std::vector<T, Allocator>& v) {
    if constexpr (detail::one_byte<T>) {
      to.bytes({reinterpret_cast<const char*>(v.data()), v.size()});
    } else {
      to.varint(v.size());
      for (auto&& item : v) codec<T>::encode(to, item);
    }
  }

  static bool decode(byte_reader& from, std::vector<T, Allocator>& v) {
    if constexpr (detail::one_byte<T>) {
      const std::string_view in = from.bytes();
      const auto* first = reinterpret_cast<const T*>(in.data());
      v.assign(first, first + in.size());
    } else {
      const std::size_t n = from.count(least_bytes<T>);
      v.clear();
      v.reserve(detail::reserve_count<T>(n, from.remaining()));
      for (std::size_t i = 0; i < n; ++i) {
        T item{};
        if (!codec<T>::decode(from, item)) return false;
        v.push_back(std::move(item));
      }
    }
    return from.ok();
  }

  static std::size_t bulk(const std::vector<T, Allocator>& v) noexcept {
    return detail::one_byte<T> ? v.size() : 0;
  }

  template <class Sink>
  static constexpr void spell(Sink& to) {
    if constexpr (std::same_as<T, std::byte>)
      to.text("bytes");
    else
      detail::spell_list<Sink, T>(to, "list<");
  }
};

/// The elements, without a count.
template <encodable T, std::size_t N>
struct codec<std::array<T, N>> {
  static constexpr std::size_t least_bytes = N * troupe::least_bytes<T>;

  static void encode(byte_writer& to, const std::array<T, N>& v) {
    for (const T& item : v) codec<T>::encode(to, item);
  }

  static bool decode(byte_reader& from, std::array<T, N>& v) {
    for (T& item : v)
      if (!codec<T>::decode(from, item)) return false;
    return from.ok();
  }

  template <class Sink>
  static constexpr void spell(Sink& to) {
    to.text("array<");
    to.template type<T>();
    to.text(",");
    to.number(N);
    to.text(">");
  }
};

/// The elements in order.
template <encodable... Ts>
struct codec<std::tuple<Ts...>> {
  static constexpr std::size_t least_bytes = (std::size_t{0} + ... + troupe::least_bytes<Ts>);

  static void encode([[maybe_unused]] byte_writer& to, const std::tuple<Ts...>& v) {
    std::apply([&](const Ts&... items) { (codec<Ts>::encode(to, items), ...); }, v);
  }

  static bool decode(byte_reader& from, std::tuple<Ts...>& v) {
    return from.ok() && std::apply([&](Ts&... items) { return (codec<Ts>::decode(from, items) && ...); }, v);
  }

  template <class Sink>
  static constexpr void spell(Sink& to) {
    detail::spell_list<Sink, Ts...>(to, "tuple<");
  }
};

/// As a tuple of two.
template <encodable A, encodable B>
struct codec<std::pair<A, B>> {
  static constexpr std::size_t least_bytes = troupe::least_bytes<A> + troupe::least_bytes<B>;

  static void encode(byte_writer& to, const std::pair<A, B>& v) {
    codec<A>::encode(to, v.first);
    codec<B>::encode(to, v.second);
  }

  static bool decode(byte_reader& from, std::pair<A, B>& v) {
    return codec<A>::decode(from, v.first) && codec<B>::decode(from, v.second);
  }

  template <class Sink>
  static constexpr void spell(Sink& to) {
    detail::spell_list<Sink, A, B>(to, "tuple<");
  }
};

}  // namespace troupe
