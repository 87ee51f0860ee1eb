// What makes many messages cheap and large ones harmless: numbers that stand for a path and a type, and frames in parts. The rules are
// those of bodies.hpp (W1, W2).
//
// Rules
//  W6 What a stream without integrity may do to a route must not last: a route says a check of itself, and the numbers of each lane are
//     given out one after the other, so one that was changed or has got lost ends the stream (decision 0022).
//  W4 A route holds from its frame on, for the direction and the connection it was sent on, until another takes its number. It is sent in
//     the lane of the messages that use it, and a number is used in one lane only; so whatever the lanes do, the receiver has it in time.
//  W5 What is too large for one piece comes in parts: whole frames in a row, cut anywhere. Of each lane one such row at a time is under
//     way, with nothing of that lane between its parts. A part is taken in as it comes: no side holds a second copy of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/bytes.hpp>
#include <troupe/base/error.hpp>
#include <troupe/base/units.hpp>
#include <troupe/wire/frame.hpp>

namespace troupe::wire {

/// From here on `number` stands for messages of that type to that path (W4). Views.
struct route {
  std::uint32_t number = 0;     ///< below `routes_max`
  std::string_view path = {};   ///< as in tell, 1 to `route_path_bytes_max` bytes
  std::uint64_t type_hash = 0;  ///< as in tell

  /// What is sent with it (W6): the low half of the stable hash of number, type and path.
  std::uint32_t check() const;
  /// Appends the frame. REQUIRES: the bounds.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<route> decode(std::string_view body);
  friend bool operator==(const route&, const route&) = default;
};

/// A tell by a route's number. Views.
struct routed_tell {
  std::uint32_t route = 0;
  std::uint64_t cause = 0;        ///< as in tell
  std::string_view payload = {};  ///< as in tell

  /// `errc::decode_error` with the reason when `body` is none. Whether there is that route is not looked at.
  static result<routed_tell> decode(std::string_view body);
  /// The same into `out`, without the reason; false: it is none.
  static bool read(std::string_view body, routed_tell& out) noexcept {
    byte_reader from{body};
    const std::uint64_t number = from.varint();
    out.route = static_cast<std::uint32_t>(number);
    out.cause = from.u64();
    out.payload = from.rest();
    return from.ok() && number < routes_max;
  }
  friend bool operator==(const routed_tell&, const routed_tell&) = default;
};

/// An ask by a route's number. Views.
struct routed_ask {
  std::uint64_t request = 0;  ///< as in ask
  duration time_left = {};    ///< as in ask
  std::uint32_t route = 0;
  std::uint64_t cause = 0;        ///< as in ask
  std::string_view payload = {};  ///< as in ask

  /// `errc::decode_error` with the reason when `body` is none. Whether there is that route is not looked at.
  static result<routed_ask> decode(std::string_view body);
  friend bool operator==(const routed_ask&, const routed_ask&) = default;
};

/// Bytes of a first part's body in front of what it carries: `lane:u8 size:u64`, the size of the row of frames.
inline constexpr std::size_t first_part_head_bytes = 9;
/// Bytes of another part's body in front of what it carries: `lane:u8`.
inline constexpr std::size_t part_head_bytes = 1;

/// The front of a part that carries the next `carried` bytes of a row of frames of `size` bytes: frame header and what stands before the
/// carried bytes. `first`: it is the first one.
std::string part_front(lane in, std::uint64_t size, std::size_t carried, bool first);

}  // namespace troupe::wire
