// The association with one peer, seen by the side that dials: what to do when something happens to it.
//
//   down ---------> connecting ---------> handshaking ---------> up
//     ^   dial          |     connected        |      welcome     |
//     +-----------------+----------------------+------------------+
//
// A stop leads from each of them to closed.
//
// Rules
//  K1 At most one stream is open. Each `connected` is followed by exactly one `close_stream`, and that
//     comes before the next `dial`.
//  K2 Losing an attempt, be it one that waits for its turn (K12), or a stream, for whatever reason, and stopping give exactly one
//     `fail_pending` (M5, R5).
//  K3 `peer_up` and `peer_unreachable` alternate, except that a refusal may be told on top (link_event.hpp).
//  K4 An event of another attempt than the current one changes nothing; a stream it brings is closed.
//  K5 Every event does what is due at its time, so a late tick delays nothing else. A `wake_at` lies in the
//     future. A tick, even one that comes too early, uses up the `wake_at` that is outstanding: what is still
//     to come is asked for anew, so a timer that fires while it is being moved loses nothing.
//  K6 A peer is pinged when one direction was still for a heartbeat interval, its own or ours, whichever is
//     shorter. It is unreachable when it was silent for longer than the detector waits for it (failure_detector.hpp, PD1),
//     and in any case for `heartbeat_limit`. Whatever arrives is heard. A tick that comes late by
//     more than an interval shows that we did not run, and that time is not held against the peer. What is known of a
//     peer's silences outlives its connections, not its incarnation (PD6).
//  K7 A lost peer is dialled again soon, with growing waits (S9). One that refuses us, that is not who
//     we expect, or can't prove it, is dialled again slowly: a person has to act first.
//  K8 An incarnation is replaced when another one has answered our dial after it, and is then never taken
//     for the peer again (R2), as far back as `replaced_max`. A hello that comes in replaces nobody:
//     incarnations have no order, and it may have been under way since before the peer's restart. It makes
//     us dial, and who answers is the peer.
//  K9 A peer that can't be reached may come back and go on where it was. It is declared down (R5), once, when it says goodbye; when a
//     connect is refused while it has no connection to us either; when it can't be reached for `down_after`; when the owner gives it up;
//     and when whoever answers, or says hello, knows nothing of us any more: another incarnation, another epoch, other counts.
//  K10 An epoch is one life of an association. Each side numbers its own, and begins a new one when it declares the other down by itself,
//     so that the other sees that it is forgotten when they meet again. Who is told so by the other only forgets as well: the other has
//     begun the new epoch. `paired_` is what the two last knew of each other. An epoch is with all runs of the peer, of which another may have a
//     connection to us already: it ends for each of them, and each is cut off and told why.
//  K11 One that is declared down is dialled less and less often, up to `redial_down.max`, and where others are down as well each waits for its turn
//     (dial_pace.hpp). One that shows itself is dialled at once (K8).
//
//  K12 One that another node has introduced is dialled when it is wanted: when that is said for the first time, and again after it was declared
//     down. What is to be sent to it waits meanwhile (`is_wanted`). That is one attempt, in its turn as in K11: when it fails the peer is declared
//     down, and one that is wanted again is not dialled sooner than a lost or refused one would be. From its welcome or its hello on it is like one
//     that is known by its hello.
//  K13 What is to be sent waits as well (`is_awaited`) where an attempt is likely to come to something: the first there is, and one that is made because
//      the peer has said hello. It waits for the end of that attempt, or until the peer is declared down.
//
// Pure: time and seed are arguments. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/backoff.hpp>
#include <troupe/base/error.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/base/units.hpp>
#include <troupe/detector/failure_detector.hpp>
#include <troupe/link/link_event.hpp>
#include <troupe/link/node_identity.hpp>
#include <vector>

namespace troupe {

/// Where a link is.
enum class link_phase : std::uint8_t {
  down,         ///< waits for the next attempt
  connecting,   ///< waits for the transport
  handshaking,  ///< waits for the welcome
  up,           ///< may be used
  closed,       ///< stopped for good
};

/// `handshaking`, as in logs.
std::string_view to_string(link_phase phase) noexcept;

/// How a link behaves. Times are durations.
struct link_settings {
  node_identity self = {};                              ///< this node
  std::string peer = {};                                ///< the name the peer must have
  detector_settings detector = {};                      ///< how long it may be silent
  duration heartbeat_limit = std::chrono::seconds{10};  ///< silence after which it is unreachable in any case
  duration connect_time_max = std::chrono::seconds{5};  ///< for the transport
  duration handshake_time_max = limits::handshake_time_max;  ///< from connected to welcome
  backoff_settings redial = {.min = std::chrono::milliseconds{20},
                             .max = std::chrono::seconds{1}};  ///< when lost
  backoff_settings redial_down = {.min = std::chrono::seconds{1}, .max = std::chrono::seconds{10}};  ///< K11
  std::function<time_point(time_point now)> dial_turn =
      {};  ///< when a peer that is declared down may be dialled; empty: now
  backoff_settings redial_refused = {.min = std::chrono::seconds{5}, .max = std::chrono::minutes{1}};  ///< K7
  duration down_after =
      std::chrono::seconds{10};   ///< how long an unreachable peer may take to come back (K9)
  std::string address = {};       ///< where this node can be dialled; empty: it does not say
  std::uint64_t first_epoch = 1;  ///< that this side begins with (K10)
  bool only_known_by_its_hello =
      false;                 ///< one that is declared down is dialled when it shows itself, not before
  bool when_wanted = false;  ///< it was introduced, and is dialled when it is wanted (K12)
};

/// Success when a link can be made of `s`; otherwise `errc::invalid` with what is wrong and what would be
/// right.
result<void> validate(const link_settings& s);

/// The shortest heartbeat interval; a peer that asks for a shorter one gets this one (R8).
inline constexpr duration heartbeat_interval_min = std::chrono::milliseconds{10};

/// The outgoing association with one peer. Not thread-safe.
class link_state {
 public:
  /// Replaced incarnations that are remembered (K8).
  static constexpr std::size_t replaced_max = 16;

  /// A link that waits for `start`. `seed` decides the jitter of the waits. REQUIRES: `validate(settings)`
  /// succeeds.
  link_state(link_settings settings, std::uint64_t seed, time_point now);

  /// What to do now that `event` has happened. REQUIRES: `now` never goes back.
  link_effects on_event(time_point now, const link_event::any& event);

  /// Where it is.
  link_phase phase() const noexcept { return phase_; }

  /// Why it is not up: why the last attempt failed; empty before the first one failed and while up.
  const std::string& reason() const noexcept { return reason_; }

  /// Since when the peer has been up, or not been up: attempts in between do not count.
  time_point since() const noexcept { return since_; }

  /// The current attempt, or the last one; 0 before the first.
  std::uint64_t attempt() const noexcept { return attempt_; }

  /// The incarnation that is up, or was last.
  std::optional<std::uint64_t> incarnation() const noexcept { return incarnation_; }

  /// Whether that incarnation of the peer is known to have been replaced by another (K8).
  bool is_replaced(std::uint64_t incarnation) const noexcept;

  /// The epoch of this side (K10).
  std::uint64_t epoch() const noexcept { return epoch_; }

  /// The run of the peer that this epoch is with, if it is known (K10).
  const std::optional<peer_run>& paired() const noexcept { return paired_; }

  /// Whether the peer is declared down (K9), and has not shown itself since.
  bool is_declared_down() const noexcept { return declared_; }

  /// Whether it is being reached because somebody wants to, and what is to be sent to it waits for that (K12).
  bool is_wanted() const noexcept { return is_wanted_; }

  /// Whether what is to be sent to it waits for how the attempt that is under way ends (K12, K13).
  bool is_awaited() const noexcept {
    const bool is_under_way = phase_ == link_phase::connecting || phase_ == link_phase::handshaking;
    return is_wanted_ || (is_under_way && !declared_ && (attempt_ == 1 || has_shown_itself_));
  }

  /// What is thought of its silence at `now`. Means something while it is up.
  suspicion suspect(time_point now) const { return detector_.look(now); }

  /// What it was made of.
  const link_settings& settings() const noexcept { return settings_; }

 private:
  struct turn {
    time_point now;
    link_effects out;
  };
  enum class blame : std::uint8_t { lost, refused };
  enum class who_began : std::uint8_t { we, peer };

  void on(turn& t, const link_event::start&);
  void on(turn& t, const link_event::connected& e);
  void on(turn& t, const link_event::connect_failed& e);
  void on(turn& t, const link_event::welcomed& e);
  void on(turn& t, const link_event::rejected& e);
  void on(turn& t, const link_event::pinged& e);
  void on(turn& t, const link_event::ponged& e);
  void on(turn& t, const link_event::said_goodbye& e);
  void on(turn& t, const link_event::heard& e);
  void on(turn& t, const link_event::sent& e);
  void on(turn& t, const link_event::stream_ended& e);
  void on(turn& t, const link_event::incarnation_seen& e);
  void on(turn& t, const link_event::unheard&);
  void on(turn& t, const link_event::give_up& e);
  void on(turn& t, const link_event::forget& e);
  void on(turn& t, const link_event::introduced& e);
  void on(turn& t, const link_event::wanted&);
  void on(turn& t, const link_event::tick&);
  void on(turn& t, const link_event::stop&);

  bool is_started() const noexcept { return attempt_ > 0 || settings_.when_wanted; }
  bool has_stream() const noexcept { return phase_ == link_phase::handshaking || phase_ == link_phase::up; }
  bool is_current(std::uint64_t attempt) const noexcept { return has_stream() && attempt == attempt_; }
  bool proves_life(turn& t, std::uint64_t attempt);
  std::string objection(const wire::welcome& w) const;
  std::string verdict(time_point now) const;
  void remember_replaced(std::uint64_t incarnation);

  bool has_to_wait(turn& t);
  void dial(turn& t);
  void lose(turn& t, std::string reason, blame whose = blame::lost);
  void declare_down(turn& t, std::string reason, who_began first);
  void forgive_own_pause(time_point now);
  void do_what_is_due(turn& t);
  void ask_to_be_woken(turn& t);
  time_point next_ping() const noexcept;
  time_point next_deadline() const noexcept;

  link_settings settings_;
  prng random_;
  backoff redial_;
  backoff redial_down_;
  backoff redial_refused_;

  link_phase phase_ = link_phase::down;
  std::string reason_;
  time_point since_;
  std::uint64_t attempt_ = 0;
  time_point retry_at_ = never;         // down: when to dial
  bool has_turn_ = false;               // which is its turn (K11)
  time_point handshake_until_ = never;  // handshaking: when to give up
  bool told_unreachable_ = false;       // K3

  std::uint64_t epoch_;             // K10
  std::optional<peer_run> paired_;  // whom this epoch is with
  bool declared_ = false;           // K9
  time_point down_at_ = never;      // not up and not declared: when to declare
  bool nobody_listens_ = false;     // the last dial was refused by the machine
  bool has_connection_to_us_ = false;
  bool has_shown_itself_ = false;  // by a hello, and the attempt since then is not over (K13)

  bool is_wanted_ = false;       // K12
  time_point wanted_from_ = {};  // before that it is not dialled though it is
  std::string introduced_by_;    // who says where it is; empty: nobody but itself

  std::optional<std::uint64_t> incarnation_;  // the last that was up
  std::vector<std::uint64_t> replaced_;       // oldest first

  duration ping_interval_;
  std::uint64_t pings_ = 0;
  failure_detector detector_;
  time_point last_sent_;
  time_point last_ping_;
  std::optional<time_point> woken_at_;  // the wake_at that is outstanding
};

}  // namespace troupe
