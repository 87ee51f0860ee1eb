// What a handler tells one actor of a peer in a row: frames that leave together (peer_link.hpp, PL26).
//
// Rules
//  MR1 The frames are tells of one type by one route, from one sender: they are written when they are told, by the number that the route has then. Whether it
//      still has is seen when they leave.
//
// Not thread-safe: guarded by the lock of the outbox that keeps it, and then by the link's.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/cell/address.hpp>
#include <troupe/engine/envelope.hpp>
#include <troupe/node/encoded.hpp>
#include <troupe/node/remote_target.hpp>
#include <troupe/wire/message_front.hpp>

namespace troupe::detail {

/// See above.
struct message_row {
  /// Messages that go together, and bytes of them. The link writes when the handler is over, or 64 KiB wait (PL2): so none of them leaves later.
  static constexpr std::uint32_t messages_max = 128;
  static constexpr std::size_t bytes_max = 8192;
  /// What is larger costs its sender more than the lock does, and leaves by itself.
  static constexpr std::size_t payload_max = 1024;

  address_ptr by;  ///< has the two below
  const remote_target* to;
  target_routes* routes;  ///< guarded by the link's lock
  const message_type* type;
  std::uint64_t cause;         ///< the sender
  std::uint32_t number;        ///< the route's, when the row was begun
  std::uint32_t messages = 0;  ///< in it
  std::size_t largest = 0;     ///< payload among them, in bytes
  std::string frames = {};
  std::unique_ptr<error> no = {};  ///< why it has not left

  /// Whether `payload` may be in one.
  static bool takes(const encoded& payload) noexcept {
    return payload.is_plain() && payload.payload_bytes() <= payload_max;
  }
  /// Whether a message of that type from that sender to that actor belongs into it.
  bool is_for(const address& whom, const engine::envelope& e) const noexcept {
    return by.get() == &whom && type == e.type && cause == e.cause;
  }
  /// Adds a plain payload. Returns whether there is room for more.
  bool add(encoded& payload) {
    wire::message_front front;
    front.routed_tell(number, cause, payload.payload_bytes());
    frames += payload.with_front(front);
    largest = std::max(largest, payload.payload_bytes());
    return ++messages < messages_max && frames.size() < bytes_max;
  }
  /// The payload of the frame that `rest`, the frames or an end of them, begins with; takes that frame off.
  std::string_view take(std::string_view& rest) const;
};

}  // namespace troupe::detail
