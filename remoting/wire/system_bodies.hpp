// The bodies of system frames: what must not get lost with a connection (R4). Each has a number; `delivery` says how they are resent.
//
// As in bodies.hpp (W1, W2): `encode` appends a whole frame, `decode` takes a frame's body and never throws for bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/exit.hpp>
#include <troupe/wire/frame.hpp>

namespace troupe::wire {

/// The sender wants to hear of the end of an actor of the receiver (R3). View: the path.
struct watch {
  std::uint64_t number = 0;    ///< of this system frame
  std::uint64_t id = 0;        ///< of the watch: the sender's, never used again in its run
  std::string_view path = {};  ///< of the actor, as in tell

  /// Appends the frame. REQUIRES: the path has at most `path_bytes_max` bytes.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<watch> decode(std::string_view body);
  friend bool operator==(const watch&, const watch&) = default;
};

/// It does not want to any more. One for a watch that is over means nothing: the two may cross.
struct unwatch {
  std::uint64_t number = 0;  ///< of this system frame
  std::uint64_t id = 0;      ///< of the watch

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<unwatch> decode(std::string_view body);
  friend bool operator==(const unwatch&, const unwatch&) = default;
};

/// The watched actor has ended: the last word on that watch, which is the receiver's.
struct obituary {
  std::uint64_t number = 0;  ///< of this system frame
  std::uint64_t id = 0;      ///< of the watch
  exit_reason reason = {};   ///< its strings are cut to `text_bytes_max`, the path to `path_bytes_max`

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none. A code without a name here becomes `errc::invalid`, and its name goes in
  /// front of the text.
  static result<obituary> decode(std::string_view body);
  friend bool operator==(const obituary&, const obituary&) = default;
};

/// All system frames of the stream up to that number have arrived. Goes the other way.
struct received {
  std::uint64_t number = 0;

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<received> decode(std::string_view body);
  friend bool operator==(const received&, const received&) = default;
};

}  // namespace troupe::wire
