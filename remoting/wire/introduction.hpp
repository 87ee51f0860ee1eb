// What a node says of a third one whose actors its messages name (docs/wire.md). The rules are those of bodies.hpp (W1).
//
// Rules
//  W10 An introduction goes in front of the first message of its connection that has a ref to an actor of that node, and again when the address is another
//      one. Both sides keep the last `introductions_max` nodes of each direction, by the order in which they were first introduced: who has been
//      forgotten is introduced anew. So both always agree on who is known.
#pragma once

#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/wire/frame.hpp>

namespace troupe::wire {

/// Where a node can be dialled (W10).
struct introduction {
  std::string node = {};  ///< its name, 1 to `name_bytes_max` bytes, no control characters
  std::string address =
      {};  ///< `host:port` or `unix:/path`, with the same bounds; whether it is one is the receiver's to say

  /// Appends the frame. REQUIRES: both keep their bounds.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<introduction> decode(std::string_view body);
  friend bool operator==(const introduction&, const introduction&) = default;
};

}  // namespace troupe::wire
