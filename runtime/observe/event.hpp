// What happened, as data: every decision of the runtime that somebody may ask about later.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/units.hpp>

namespace troupe {

/// What an event tells of.
enum class event_kind : std::uint8_t {
  dead_letter,      ///< a message could not be delivered (M4); `reason` says why
  actor_failed,     ///< a handler, constructor or `on_start` threw
  actor_started,    ///< a supervised child came up for the first time
  actor_restarted,  ///< a failed actor serves again, in its old cell (S6)
  actor_stopped,  ///< a supervised child or a supervisor ended without a failure; `action` says whether it comes back
  escalated,         ///< a supervisor gave up: too many restarts (S3)
  shutdown_slow,     ///< a child did not stop in its time
  peer_up,           ///< a node can be reached
  peer_unreachable,  ///< a node can't be reached any more; it may come back
  peer_down,         ///< a node was declared down: who watches its actors has been told (R5)
  messages_lost,     ///< tells and asks that a connection took with it (M4); `number` says how many
  peer_refused,      ///< a node was turned away, or turned us away
  connection_lost,  ///< a peer's connection to us ended: a broken frame, silence, an error; `reason` says which
  accept_failed,    ///< a connection could not be accepted
  ask_cycle,        ///< asks waited for each other, and one of them was failed (M7); `reason` has the cycle
  handler_slow,     ///< a handler runs for longer than the limit; `took` so far
  handler_ended,    ///< a handler that was reported slow has ended; `took` in all
  message_traced,  ///< a message to or from an actor that is being traced (actors/sys)
  decision_done,  ///< a supervisor has carried out a decision about more than one child: who went down, and who came up
  actor_killed,  ///< an actor was ended by force: it had not stopped in its time, or had none (S5)
  not_permitted,  ///< a peer tried what it has no right to; `number` says how often since the last event of that peer
  contracts_differ,  ///< a peer would misread a message, or this node its reply; `reason` says how they differ
  count_,            ///< how many there are
};

/// The name of a kind as logs and metrics write it: `actor_restarted`.
std::string_view to_string(event_kind kind) noexcept;

/// One event. Text is for people; the rest for programs.
struct event {
  event_kind kind;
  time_point at{};           ///< when, on the system's clock
  std::string path;          ///< whom it is about: an actor's path or a node's name
  std::string message = {};  ///< the message it was about, by its type's name
  std::string reason = {};   ///< why, in one line
  std::string action = {};   ///< what was decided and by which rule, in one line
  duration took{};           ///< how long it lasted, where that means something
  std::uint64_t number = 0;  ///< restarts so far, incarnation of a peer, ...
  std::string sender = {};   ///< who sent the message: an actor's path, a node's name; empty: no actor
  std::string trace = {};    ///< the trace it belongs to, as log lines show it; empty: none
  std::string type = {};     ///< the class of the actor; empty: not said
  std::string cause =
      {};  ///< what it failed of, by the type of the exception, or the code where there is none; empty: not said
  bool restarts = false;     ///< whether a restart was decided on
  std::string content = {};  ///< what is in the message, as text for people, bounded; empty: not shown
  std::string stack =
      {};  ///< where it was thrown, a line a frame, without addresses; empty: not known (throw_site.hpp)
};

}  // namespace troupe
