// What goes into a link_state and what comes out of it.
//
// Every event and effect of a stream carries the number of the attempt that made the stream. So an event
// that was under way when the link gave a stream up can't be taken for one of the next stream.
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <troupe/base/units.hpp>
#include <troupe/wire/bodies.hpp>
#include <variant>

namespace troupe {

/// One run of a peer in one of its epochs.
struct peer_run {
  std::uint64_t incarnation;
  std::uint64_t epoch;

  friend bool operator==(const peer_run&, const peer_run&) = default;
};

/// What happens to a link. The caller tells each in the order it happened.
namespace link_event {

/// Begin, or dial at once instead of waiting for the next attempt.
struct start {};

/// The dial worked.
struct connected {
  std::uint64_t attempt;
};

/// The dial did not work.
struct connect_failed {
  std::uint64_t attempt;
  std::string reason;
  bool refused = false;   ///< the machine answered that nobody listens there
  bool no_proof = false;  ///< one side has not proved to the other who it is: a person has to act first (K7)
};

/// A welcome arrived.
struct welcomed {
  std::uint64_t attempt;
  wire::welcome frame;
  bool goes_on = true;  ///< whether its counts fit what was sent (outgoing.hpp, DL2)
};

/// A reject arrived.
struct rejected {
  std::uint64_t attempt;
  wire::reject frame;
};

/// A ping arrived.
struct pinged {
  std::uint64_t attempt;
  std::uint64_t number;
};

/// A pong arrived.
struct ponged {
  std::uint64_t attempt;
  std::uint64_t number;
};

/// A goodbye arrived.
struct said_goodbye {
  std::uint64_t attempt;
  std::string text;
};

/// Any other frame arrived, or several at once.
struct heard {
  std::uint64_t attempt;
};

/// Something other than an effect's frame was sent. Telling it saves pings; not telling it costs nothing
/// else.
struct sent {
  std::uint64_t attempt;
};

/// The stream is at its end, broke, or brought something that does not decode.
struct stream_ended {
  std::uint64_t attempt;
  std::string reason;
  bool no_proof = false;  ///< as in `connect_failed`
};

/// The peer has shown itself elsewhere: it dialled us, and its hello is about to be admitted. That it lives is worth a dial at once; that
/// it is another incarnation, or in another epoch, says that it knows nothing any more of what it knew of us (K10).
struct incarnation_seen {
  std::uint64_t incarnation;
  std::uint64_t epoch;
};

/// The peer has no connection to us any more.
struct unheard {};

/// The owner can't go on with the peer as it is (outgoing.hpp, DL4).
struct give_up {
  std::string reason;
};

/// The owner wants nothing more of the peer: it is as if it had been known by its hello only, and has gone.
struct forget {
  std::string reason;
};

/// Another node says that the peer is there (link_settings::when_wanted), at an address that it knows.
struct introduced {
  std::string by;  ///< its name
};

/// Somebody wants to reach the peer (K12).
struct wanted {};

/// The time of a `wake_at` has come. One that comes too early does no harm and is followed by another
/// `wake_at`.
struct tick {};

/// The node shuts the link down for good.
struct stop {};

/// One of them.
using any = std::variant<start, connected, connect_failed, welcomed, rejected, pinged, ponged, said_goodbye,
                         heard, sent, stream_ended, incarnation_seen, unheard, give_up, forget, introduced,
                         wanted, tick, stop>;

}  // namespace link_event

/// What the owner of a link does next, in the order given.
namespace link_effect {

/// Connect to the peer's address within `timeout`; then tell `connected` or `connect_failed`, one of them,
/// once.
struct dial {
  std::uint64_t attempt;
  duration timeout;

  friend bool operator==(const dial&, const dial&) = default;
};

/// Send this hello on the stream that was connected last.
struct send_hello {
  wire::hello frame;

  friend bool operator==(const send_hello&, const send_hello&) = default;
};

/// Send a ping.
struct send_ping {
  std::uint64_t number;

  friend bool operator==(const send_ping&, const send_ping&) = default;
};

/// Send a pong.
struct send_pong {
  std::uint64_t number;

  friend bool operator==(const send_pong&, const send_pong&) = default;
};

/// Send a goodbye, as the last frame.
struct send_goodbye {
  std::string text;

  friend bool operator==(const send_goodbye&, const send_goodbye&) = default;
};

/// Close that attempt's stream and forget it. Exactly one for each `connected`.
struct close_stream {
  std::uint64_t attempt;

  friend bool operator==(const close_stream&, const close_stream&) = default;
};

/// Fail whatever waits for this link with `unreachable` and this text (M5).
struct fail_pending {
  std::string reason;

  friend bool operator==(const fail_pending&, const fail_pending&) = default;
};

/// The handshake is done: asks and tells may go out.
struct peer_up {
  std::uint64_t incarnation;
  bool new_incarnation;             ///< not the one that was up before: the peer was restarted
  std::uint64_t capabilities;       ///< those that both have
  std::uint64_t system_frames = 0;  ///< what it has of this epoch, as it says in its welcome
  std::uint64_t messages = 0;
  std::uint64_t message_max = 0;  ///< the largest message that it takes, in bytes

  friend bool operator==(const peer_up&, const peer_up&) = default;
};

/// The peer can't be reached; it may come back. Comes once after a `peer_up`, or once if the first attempts fail; and again
/// only when a refusal tells a reason that was not told yet.
struct peer_unreachable {
  std::string reason;

  friend bool operator==(const peer_unreachable&, const peer_unreachable&) = default;
};

/// The peer is declared down (K9): nothing is expected any more of what was under way to it and from it, and who watches its actors is
/// told so. Anything of it that is still being received is cut off first.
struct declare_down {
  std::optional<peer_run> who;  ///< none: it has never been there
  std::string reason;
  bool all_runs =
      true;  ///< this side has begun a new epoch, so every run of the peer has; else `who` alone is over (K10)

  friend bool operator==(const declare_down&, const declare_down&) = default;
};

/// Send `link_event::tick` at this time. Takes the place of an earlier one.
struct wake_at {
  time_point at;

  friend bool operator==(const wake_at&, const wake_at&) = default;
};

/// One of them.
using any = std::variant<dial, send_hello, send_ping, send_pong, send_goodbye, close_stream, fail_pending,
                         peer_up, peer_unreachable, declare_down, wake_at>;

}  // namespace link_effect

/// The effects of one event, to be carried out in order.
using link_effects = boost::container::static_vector<link_effect::any, 10>;

}  // namespace troupe
