// The frame: what a stream between two nodes consists of. The grammar with all bodies is in docs/wire.md.
//
//   frame = u32 body length (little-endian), u8 kind, body
//
// The numbers of the kinds, the magic and the place of magic and version in a hello never change: by them
// any two versions find out that they differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <troupe/base/limits.hpp>

namespace troupe::wire {

/// What a frame says. The bodies are the structs of the same names in bodies.hpp.
enum class frame_kind : std::uint8_t {
  hello = 1,     ///< dialling side, first: who I am and who I think you are
  welcome = 2,   ///< accepting side, first: who I am; from here on both may send
  reject = 3,    ///< accepting side, first and last: why not
  ping = 4,      ///< are you there
  pong = 5,      ///< the answer to the ping of the same number
  tell = 6,      ///< a message
  ask = 7,       ///< a message that wants an answer
  reply = 8,     ///< the answer to an ask
  failure = 9,   ///< the error an ask completed with
  goodbye = 10,  ///< last: the sender closes the stream in order
  trace =
      11,  ///< which trace the tell or ask right behind it belongs to; among peers that both have `can_trace`
  cancel = 12,  ///< nobody waits for the answer to an ask any more; among peers that both have `can_cancel`
  probe =
      13,  ///< looks for asks that wait for each other, behind an ask; among peers that both have `can_probe`
  // The bodies of those below are in system_bodies.hpp.
  watch = 14,     ///< who dialled wants to hear of an actor's end
  unwatch = 15,   ///< or no longer
  obituary = 16,  ///< the end of an actor that who was dialled watches
  received = 17,  ///< who was dialled has these of them
  // Those below are in routed_bodies.hpp.
  route = 18,        ///< a number for a path and a type, among peers that both have `can_route`
  routed_tell = 19,  ///< a tell by such a number
  routed_ask = 20,   ///< an ask by such a number
  first_part =
      21,      ///< how frames begin that are too large for one piece, among peers that both have `can_join`
  part = 22,   ///< how they go on
  offer = 23,  ///< the ask right behind it is an offer (M8); among peers that both have `can_offer`
  // Those below are in link_bodies.hpp, system frames all of them, among peers that both have `can_link`.
  link = 24,      ///< an actor of who dialled asks for a link to one of who was dialled
  unlink = 25,    ///< or gives it up
  linked = 26,    ///< whom a link that was asked for by a path is to
  link_end = 27,  ///< an actor of who dialled has ended that is linked to one of who was dialled
  packed =
      28,  ///< the payload of the next message is packed (packed.hpp), among peers that both have `can_pack`
  // Those below are in contract_bodies.hpp, among peers that both have `can_compare`.
  contracts = 29,         ///< the digest of the contracts of who was dialled
  contracts_wanted = 30,  ///< who dialled wants the list of them
  contract_list = 31,     ///< and gets it
  introduction =
      32,  ///< where a third node can be dialled (introduction.hpp), among peers that both have `can_introduce`
};

/// Messages that keep their order among themselves and not with those of the other lane (M3): chosen by recipient. Heartbeats and
/// the like overtake both.
enum class lane : std::uint8_t {
  ordinary = 0,
  bulk = 1,  ///< to recipients that the configuration names
};
/// How many there are.
inline constexpr std::size_t lanes = 2;

/// The kind's name, as in logs; `unknown` for a number that is none.
constexpr std::string_view to_string(frame_kind kind) noexcept {
  switch (kind) {
    case frame_kind::hello:
      return "hello";
    case frame_kind::welcome:
      return "welcome";
    case frame_kind::reject:
      return "reject";
    case frame_kind::ping:
      return "ping";
    case frame_kind::pong:
      return "pong";
    case frame_kind::tell:
      return "tell";
    case frame_kind::ask:
      return "ask";
    case frame_kind::reply:
      return "reply";
    case frame_kind::failure:
      return "failure";
    case frame_kind::goodbye:
      return "goodbye";
    case frame_kind::trace:
      return "trace";
    case frame_kind::cancel:
      return "cancel";
    case frame_kind::probe:
      return "probe";
    case frame_kind::watch:
      return "watch";
    case frame_kind::unwatch:
      return "unwatch";
    case frame_kind::obituary:
      return "obituary";
    case frame_kind::received:
      return "received";
    case frame_kind::route:
      return "route";
    case frame_kind::routed_tell:
      return "routed tell";
    case frame_kind::routed_ask:
      return "routed ask";
    case frame_kind::first_part:
      return "first part";
    case frame_kind::part:
      return "part";
    case frame_kind::offer:
      return "offer";
    case frame_kind::link:
      return "link";
    case frame_kind::unlink:
      return "unlink";
    case frame_kind::linked:
      return "linked";
    case frame_kind::link_end:
      return "link end";
    case frame_kind::packed:
      return "packed";
    case frame_kind::contracts:
      return "contracts";
    case frame_kind::contracts_wanted:
      return "contracts wanted";
    case frame_kind::contract_list:
      return "contract list";
    case frame_kind::introduction:
      return "introduction";
  }
  return "unknown";
}

/// Whether a peer of this version sends frames with that kind byte.
constexpr bool is_known_kind(std::uint8_t kind) noexcept {
  return kind >= static_cast<std::uint8_t>(frame_kind::hello) &&
         kind <= static_cast<std::uint8_t>(frame_kind::introduction);
}

/// A whole frame that arrived. `body` is a view into the reader that found it.
struct frame {
  frame_kind kind = frame_kind::goodbye;
  std::string_view body = {};

  friend bool operator==(const frame&, const frame&) = default;
};

/// Bytes before a body.
inline constexpr std::size_t header_bytes = 5;

/// `TRPE`, the first four bytes of every hello's body, as a little-endian number.
inline constexpr std::uint32_t magic = 0x45505254u;

/// The capability of a node that knows frames of the kind trace.
inline constexpr std::uint64_t can_trace = 1;

/// The capability of a node that knows frames of the kind cancel.
inline constexpr std::uint64_t can_cancel = 2;

/// The capability of a node that knows frames of the kind probe.
inline constexpr std::uint64_t can_probe = 4;

/// The capability of a node that keeps a table of routes.
inline constexpr std::uint64_t can_route = 8;

/// The capability of a node that joins frames that come in parts.
inline constexpr std::uint64_t can_join = 16;

/// The capability of a node that takes offers.
inline constexpr std::uint64_t can_offer = 32;

/// The capability of a node that links its actors to those of others.
inline constexpr std::uint64_t can_link = 64;

/// The capability of a node that unpacks payloads.
inline constexpr std::uint64_t can_pack = 128;

/// The capability of a node that says which contracts it has.
inline constexpr std::uint64_t can_compare = 256;

/// The capability of a node that introduces others, and has others introduced to it.
inline constexpr std::uint64_t can_introduce = 512;

/// The version of the grammar that this code speaks.
inline constexpr std::uint16_t version = 4;

/// Routes that a connection may have at a time in each direction: their numbers are below it.
inline constexpr std::uint32_t routes_max = 4096;

/// Longest path that a route may have, in bytes: a table is at most a megabyte of them. Messages to longer ones spell it out.
inline constexpr std::size_t route_path_bytes_max = 256;

/// Nodes that each side of a connection has introduced at a time; the one that was introduced first goes for the next.
inline constexpr std::size_t introductions_max = 256;

/// What a part carries at most, in bytes: what a heartbeat may have to wait for.
inline constexpr std::size_t part_bytes_max = std::size_t{64} << 10;

/// Longest text in a reject, failure or goodbye, in bytes. A longer one is cut when it is encoded, so an
/// error can always be told, and refused when it is decoded.
inline constexpr std::size_t text_bytes_max = 4096;

/// Longest name of an error code, in bytes.
inline constexpr std::size_t code_bytes_max = 64;

/// Longest path of an actor, in bytes, with a number and a seal in front (cell/ref_token.hpp).
inline constexpr std::size_t path_bytes_max = 64 + limits::path_depth_max * (limits::name_bytes_max + 1);

static_assert(limits::frame_bytes_max - header_bytes <= UINT32_MAX, "a frame's length fits its field");
static_assert(path_bytes_max + 1024 < limits::frame_bytes_max, "a message to any path fits a frame");
static_assert(header_bytes + 3 * (text_bytes_max + 10) + path_bytes_max < limits::handshake_bytes_max,
              "a reject or a failure fits the smallest frame limit");

}  // namespace troupe::wire
