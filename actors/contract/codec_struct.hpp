// The codec of contract structs: version, length of what follows, fields in order.
//
// The length is what lets versions meet (C2): a reader that knows fewer fields skips the rest, one that knows
// more finds the end and keeps the initialisers of what is missing. The end may fall between two fields only;
// a field that reaches past it is an error. Structs are the one thing that can nest in itself, so they are
// what `enter` counts (R8).
#pragma once

#include <limits>
#include <troupe/contract/codec.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

namespace detail {

/// Takes the members out of the type of a contract.
template <class T, class Contract>
struct struct_codec;

/// The codec of `T`, whose wire order is `Members`.
template <class T, auto... Members>
struct struct_codec<T, contract<T, Members...>> {
  static constexpr std::size_t least_bytes = 2;

  static void encode(byte_writer& to, const T& v) {
    static_assert(
        contract_leaves_out<T> || !has_more_fields<T, sizeof...(Members)>(),
        "troupe: the contract leaves out a field of its struct: list it, or say that it stays behind with "
        "troupe::contract_leaves_out");
    const byte_writer::burst straight{to};
    to.varint(contract_of<T>.version);
    const std::size_t least = bulk(v);
    const std::size_t fields = to.begin_length(least);
    (encode_field(to, v.*Members), ...);
    to.end_length(fields, least);
  }

  /// Bytes of the fields that may be large: no fewer are written.
  static std::size_t bulk(const T& v) noexcept { return (std::size_t{0} + ... + bulk_of(v.*Members)); }

  static bool decode(byte_reader& from, T& v) {
    if (from.enter()) decode_body(from, v);
    from.leave();
    return from.ok();
  }

 private:
  static void decode_body(byte_reader& from, T& v) {
    const std::uint64_t version = from.varint();
    const std::uint64_t length = from.varint();
    if (version == 0 || version > std::numeric_limits<std::uint32_t>::max())
      from.fail("a contract version out of range");
    if (length > from.remaining()) from.fail("a struct longer than what is left");
    if (!from.ok()) return;
    const std::size_t behind = from.remaining() - static_cast<std::size_t>(length);
    if ((decode_field(from, behind, v.*Members) && ...)) from.raw(from.remaining() - behind);
  }

  template <class F>
  static void encode_field(byte_writer& to, const F& field) {
    if constexpr (require_codec<F>()) codec<F>::encode(to, field);
  }

  template <class F>
  static bool decode_field(byte_reader& from, std::size_t behind, F& field) {
    static_assert(!std::is_const_v<F>, "troupe: a const field can't be decoded");
    if (from.remaining() == behind) return true;
    if constexpr (encodable<F>)
      if (!codec<F>::decode(from, field)) from.fail("a codec refused its bytes");
    if (from.ok() && from.remaining() < behind) from.fail("a field reaches past the end of its struct");
    return from.ok();
  }
};

}  // namespace detail

/// Any struct with a contract.
template <contracted_struct T>
struct codec<T> : detail::struct_codec<T, std::remove_const_t<decltype(contract_of<T>)>> {};

}  // namespace troupe
