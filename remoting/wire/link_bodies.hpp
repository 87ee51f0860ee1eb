// The bodies of the system frames that links between nodes consist of (L7, R4). Each has a number; `delivery` says how they are resent.
//
// A link is between an actor of the sender and one of the receiver, each with its number in its node. Each time a side asks for it that has a
// number too, of the asking actor, never 0 (link_list.hpp, LK2). As in bodies.hpp (W1, W2): `encode` appends a whole frame, `decode` takes a
// frame's body and never throws for bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/exit.hpp>
#include <troupe/wire/frame.hpp>

namespace troupe::wire {

/// An actor of the sender asks for a link to one of the receiver. View: the paths.
struct link {
  std::uint64_t number = 0;         ///< of this system frame
  std::uint64_t from = 0;           ///< the number of who asks; not 0
  std::uint32_t ask = 0;            ///< which of his asks this is
  std::string_view from_path = {};  ///< his path
  std::string_view path = {};       ///< of the other, as in tell

  /// Appends the frame. REQUIRES: the paths have at most `path_bytes_max` bytes.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<link> decode(std::string_view body);
  friend bool operator==(const link&, const link&) = default;
};

/// He gives it up, as far as it is what was asked for under these numbers. One for a link that is over means nothing: the two may cross.
struct unlink {
  std::uint64_t number = 0;       ///< of this system frame
  std::uint64_t from = 0;         ///< the number of who gives it up
  std::uint64_t to = 0;           ///< that of the receiver's actor; 0: the sender has not heard it yet
  std::uint32_t by_sender = 0;    ///< the last ask of the sender's actor; 0: it has not asked
  std::uint32_t by_receiver = 0;  ///< and of the receiver's, as far as the sender knows

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<unlink> decode(std::string_view body);
  friend bool operator==(const unlink&, const unlink&) = default;
};

/// Which actor of the sender's it was that one of the receiver's has asked for by its path.
struct linked {
  std::uint64_t number = 0;  ///< of this system frame
  std::uint64_t from = 0;    ///< the number of that actor; not 0
  std::uint64_t to = 0;      ///< of who has asked
  std::uint32_t ask = 0;     ///< which of his asks it was

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<linked> decode(std::string_view body);
  friend bool operator==(const linked&, const linked&) = default;
};

/// The sender's actor has ended, or none was there: the last word on that link, if it is still the one of these numbers.
struct link_end {
  std::uint64_t number = 0;       ///< of this system frame
  std::uint64_t from = 0;         ///< the number of who has ended; 0: nobody was there
  std::uint64_t to = 0;           ///< that of the receiver's actor; 0: the sender has not heard it yet
  std::uint32_t by_sender = 0;    ///< as in unlink
  std::uint32_t by_receiver = 0;  ///< as in unlink
  exit_reason reason = {};        ///< its strings are cut to `text_bytes_max`, the path to `path_bytes_max`

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none. A code and a kind that have no name here are as in an obituary.
  static result<link_end> decode(std::string_view body);
  friend bool operator==(const link_end&, const link_end&) = default;
};

}  // namespace troupe::wire
