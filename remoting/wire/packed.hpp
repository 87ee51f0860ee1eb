// Payloads that are packed on their way (LZ4), where both sides can and the sender wants it.
//
// Rules
//  W7 A frame of the kind packed is for the next tell, ask or reply of its stream, by a route or not: the payload of that is an LZ4 block, and
//     `size` what it unpacks to. One that none follows means nothing.
//  W8 What a block may claim to unpack to is judged before memory is taken: at most what the receiver takes at all, and at most
//     `unpacked_by_byte_max` times the block. A block that unpacks to anything but `size` is a decode error of its message alone.
//
// Pure. A value is not thread-safe; functions on different values are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/wire/frame.hpp>

namespace troupe::wire {

/// The payload of the next message is packed (W7).
struct packed {
  std::uint64_t size = 0;  ///< of the payload unpacked, in bytes, at least 1

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<packed> decode(std::string_view body);
  friend bool operator==(const packed&, const packed&) = default;
};

/// What a byte of a block can unpack to at most: the format has no more.
inline constexpr std::uint64_t unpacked_by_byte_max = 255;

/// Appends `plain` as a block. False, and nothing is appended, when that would not save an eighth of it.
bool pack(std::string_view plain, std::string& out);

/// Replaces `out` with what `block` unpacks to. `errc::decode_error` with the reason when that is not `size` bytes (W8).
result<void> unpack(std::string_view block, std::uint64_t size, std::string& out);

}  // namespace troupe::wire
