// What stands in front of a payload that is encoded already: written last, when the route is known. The bytes are those of routed_bodies.hpp
// and bodies.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <troupe/base/little_endian.hpp>
#include <troupe/wire/bodies.hpp>

namespace troupe::wire {

/// A front of at most `bytes_max` bytes, without allocating. Not thread-safe.
class message_front {
 public:
  /// The longest: an offer with a trace, packed, by a route.
  static constexpr std::size_t bytes_max =
      header_bytes + (header_bytes + 25) + (header_bytes + 10) + (header_bytes + 10 + 10 + 3 + 8);

  /// The frame that makes an offer of the ask behind it.
  void offer() noexcept { header(frame_kind::offer, 0); }
  /// The frame of a trace, for the message behind it.
  void trace(const wire::trace& t) noexcept {
    header(frame_kind::trace, 25);
    fixed(t.high);
    fixed(t.low);
    fixed(t.span);
    fixed(t.flags);
  }
  /// The frame that says that the payload behind it unpacks to so many bytes.
  void packed(std::uint64_t size) noexcept {
    header(frame_kind::packed, varint_bytes(size));
    varint(size);
  }
  /// A tell by a route, before a payload of `payload` bytes.
  void routed_tell(std::uint32_t route, std::uint64_t cause, std::size_t payload) noexcept {
    header(frame_kind::routed_tell, varint_bytes(route) + sizeof cause + payload);
    varint(route);
    fixed(cause);
  }
  /// An ask by a route, likewise.
  void routed_ask(std::uint64_t request, duration time_left, std::uint32_t route, std::uint64_t cause,
                  std::size_t payload) noexcept {
    const auto left = static_cast<std::uint64_t>(std::max(time_left, duration::zero()).count());
    header(frame_kind::routed_ask,
           varint_bytes(request) + varint_bytes(left) + varint_bytes(route) + sizeof cause + payload);
    varint(request);
    varint(left);
    varint(route);
    fixed(cause);
  }
  /// A reply, likewise.
  void reply(std::uint64_t request, std::uint64_t type_hash, std::size_t payload) noexcept {
    header(frame_kind::reply, varint_bytes(request) + sizeof type_hash + payload);
    varint(request);
    fixed(type_hash);
  }

  /// What has been written.
  std::string_view bytes() const noexcept { return {bytes_.data(), size_}; }

 private:
  static constexpr std::size_t varint_bytes(std::uint64_t v) noexcept {
    std::size_t n = 1;
    for (; v >= 0x80; v >>= 7) ++n;
    return n;
  }
  void header(frame_kind kind, std::size_t body) noexcept {
    fixed(static_cast<std::uint32_t>(body));
    fixed(static_cast<std::uint8_t>(kind));
  }
  template <class T>
  void fixed(T v) noexcept {
    store_little(bytes_.data() + size_, v);
    size_ += sizeof v;
  }
  void varint(std::uint64_t v) noexcept {
    std::size_t at = size_;  // of its own: `size_` could be among `bytes_`, for all the compiler knows
    for (; v >= 0x80; v >>= 7) bytes_[at++] = static_cast<char>(v | 0x80);
    bytes_[at++] = static_cast<char>(v);
    size_ = at;
  }

  std::array<char, bytes_max> bytes_;
  std::size_t size_ = 0;
};

}  // namespace troupe::wire
