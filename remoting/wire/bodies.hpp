// The bodies of the frames, as values. Field order here is field order on the wire (docs/wire.md).
//
// Rules
//  W1 `encode` appends one whole frame to a string. `decode` takes a frame's body; it succeeds only when
//     the body is exactly one value, with nothing behind it, and every field keeps its bound (R8). It never
//     throws for bytes.
//  W2 The fields of tell, ask and reply are views: into the body after `decode`, so payload bytes are not
//     copied. The other bodies are small and own their strings.
//  W3 A hello, welcome or reject of another version decodes as far as its version, which is enough to
//     refuse it.
//
// All of it is pure. A value is not thread-safe; functions on different values are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/base/units.hpp>
#include <troupe/wire/frame.hpp>

namespace troupe::wire {

/// Who dials, and whom it expects. Sent once, before anything else.
struct hello {
  std::uint32_t magic = wire::magic;
  std::uint16_t version = wire::version;
  std::uint64_t capabilities = 0;  ///< a bit an optional part of the grammar: `can_trace` and its like
  std::string node = {};           ///< the sender's name, 1 to `name_bytes_max` bytes, no control characters
  std::uint64_t incarnation = 0;   ///< this run of the sender
  std::string target = {};         ///< the name the sender expects; empty: whoever answers
  duration heartbeat_interval = {};  ///< the sender wants to hear something at least this often
  std::uint64_t epoch = 0;   ///< how often the sender has begun anew with the receiver (link_state.hpp, K10)
  std::string address = {};  ///< where the sender can be dialled, `host:port`; empty: it does not say
  std::uint64_t message_max =
      limits::frame_bytes_max;  ///< the largest message that the sender takes, in bytes of its frame

  /// Appends the frame. REQUIRES: the names keep their bounds.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none. One with another magic or version is no
  /// error (W3): the fields behind are left empty.
  static result<hello> decode(std::string_view body);
  friend bool operator==(const hello&, const hello&) = default;
};

/// Who was reached. The handshake is done.
struct welcome {
  std::uint16_t version = wire::version;
  std::uint64_t capabilities = 0;    ///< those that both sides have
  std::string node = {};             ///< the sender's name
  std::uint64_t incarnation = 0;     ///< this run of the sender
  duration heartbeat_interval = {};  ///< the sender wants to hear something at least this often
  std::uint64_t epoch = 0;           ///< as in hello; 0: the sender does not dial the receiver
  std::uint64_t system_frames = 0;   ///< the last system frame of the receiver's epoch that has arrived
  std::uint64_t messages = 0;        ///< how many tells and asks of that epoch have arrived
  std::uint64_t message_max = limits::frame_bytes_max;  ///< as in hello

  /// Appends the frame. REQUIRES: the name keeps its bounds.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none. One of another version is no error (W3).
  static result<welcome> decode(std::string_view body);
  friend bool operator==(const welcome&, const welcome&) = default;
};

/// Why the handshake was refused. The sender closes the stream behind it.
struct reject {
  std::uint16_t version = wire::version;
  errc code = errc::invalid;
  std::string text = {};  ///< one line for a person; cut to `text_bytes_max`

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none. One of another version is no error (W3). A
  /// code without a name here becomes `errc::invalid`, and its name goes in front of the text.
  static result<reject> decode(std::string_view body);
  friend bool operator==(const reject&, const reject&) = default;
};

/// Asks for a pong of the same number.
struct ping {
  std::uint64_t number = 0;

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<ping> decode(std::string_view body);
  friend bool operator==(const ping&, const ping&) = default;
};

/// Answers a ping.
struct pong {
  std::uint64_t number = 0;

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<pong> decode(std::string_view body);
  friend bool operator==(const pong&, const pong&) = default;
};

/// A message to the actor at `path`. Views (W2).
struct tell {
  std::string_view path =
      {};  ///< at most `path_bytes_max` bytes; whether it names an actor is the receiver's to say
  std::uint64_t type_hash = 0;    ///< stable hash of the message's wire name
  std::uint64_t cause = 0;        ///< what led to it, for tracing (M6); 0: nothing known
  std::string_view payload = {};  ///< the message as its contract codes it: the rest of the body

  /// Appends the frame. Errors as `frame_builder::close`. To code a message in place, use a frame_builder.
  result<std::size_t> encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none. The payload is not looked at.
  static result<tell> decode(std::string_view body);
  friend bool operator==(const tell&, const tell&) = default;
};

/// A message that wants a reply or a failure with the same request id. Views (W2).
struct ask {
  std::uint64_t request = 0;      ///< unique among the open asks of its stream
  duration time_left = {};        ///< until the asker gives up (M6): clocks of two nodes are never compared
  std::string_view path = {};     ///< as in tell
  std::uint64_t type_hash = 0;    ///< as in tell
  std::uint64_t cause = 0;        ///< as in tell
  std::string_view payload = {};  ///< as in tell

  /// Appends the frame; a negative `time_left` is sent as 0. Errors as `frame_builder::close`.
  result<std::size_t> encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none. The payload is not looked at.
  static result<ask> decode(std::string_view body);
  friend bool operator==(const ask&, const ask&) = default;
};

/// The trace that the next tell or ask belongs to (M6), in the terms of W3C Trace Context.
struct trace {
  std::uint64_t high = 0;  ///< the trace id, with `low`; not both 0
  std::uint64_t low = 0;
  std::uint64_t span = 0;  ///< the span it was sent from
  std::uint8_t flags = 0;  ///< W3C's

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<trace> decode(std::string_view body);
  friend bool operator==(const trace&, const trace&) = default;
};

/// The ask right behind it, by a route or not, is an offer: it is answered when its message is queued (M8).
struct offer {
  /// Appends the frame, which has no body.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<offer> decode(std::string_view body);
  friend bool operator==(const offer&, const offer&) = default;
};

/// What an ask was answered with. Views (W2).
struct reply {
  std::uint64_t request = 0;      ///< the ask's
  std::uint64_t type_hash = 0;    ///< stable hash of the reply's wire name
  std::string_view payload = {};  ///< as in tell

  /// Appends the frame. Errors as `frame_builder::close`.
  result<std::size_t> encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none. The payload is not looked at.
  static result<reply> decode(std::string_view body);
  friend bool operator==(const reply&, const reply&) = default;
};

/// What an ask failed with (M5).
struct failure {
  std::uint64_t request = 0;  ///< the ask's
  error why = {};             ///< its strings are cut to `text_bytes_max`, the path to `path_bytes_max`

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none. Unknown codes as in reject.
  static result<failure> decode(std::string_view body);
  friend bool operator==(const failure&, const failure&) = default;
};

/// The asker of that request has given up: nobody waits for its answer any more (M6).
struct cancel {
  std::uint64_t request = 0;  ///< the ask's

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<cancel> decode(std::string_view body);
  friend bool operator==(const cancel&, const cancel&) = default;
};

/// The sender is about to close the stream, and why.
struct goodbye {
  std::string text = {};  ///< one line for a person; cut to `text_bytes_max`

  /// Appends the frame.
  void encode(std::string& out) const;
  /// `errc::decode_error` with the reason when `body` is none.
  static result<goodbye> decode(std::string_view body);
  friend bool operator==(const goodbye&, const goodbye&) = default;
};

}  // namespace troupe::wire
