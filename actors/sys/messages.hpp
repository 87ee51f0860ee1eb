// The messages of the system side of an actor, and what it says of itself. Plain data with contracts.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/contract/contract.hpp>
#include <vector>

namespace troupe::sys {

/// One actor as it was between two of its messages.
struct actor_state {
  std::string path;
  std::string type;                    ///< its class
  std::string status;                  ///< `running`, `failed`, ... (cell.hpp, cell_status)
  std::uint64_t incarnation = 0;       ///< how often it has been restarted (L5)
  std::uint64_t mailbox = 0;           ///< messages that wait (M8)
  std::uint64_t stashed = 0;           ///< messages it has put aside
  bool suspended = false;              ///< by `suspend`
  std::uint64_t waiting_handlers = 0;  ///< coroutines that wait (M7)
  std::vector<std::string> waits_for;  ///< what for, a line each, at most 20
  std::uint32_t traced = 0;            ///< messages that `trace` will still show
  std::uint64_t children = 0;          ///< living children; at most 1,000 are counted
  std::vector<std::string> names;      ///< of those, in the order they were started, at most 100
  std::string state;        ///< its state as JSON; empty: its class does not say (`describe_state`)
  std::string state_error;  ///< why there is none, when its class said something that is none
};
TROUPE_CONTRACT(actor_state, "troupe.sys.state", 1, path, type, status, incarnation, mailbox, stashed,
                suspended, waiting_handlers, waits_for, traced, children, names, state, state_error)

/// Says what there is to say of an actor. Answered between two messages, also while it is suspended or waits in a coroutine.
struct get_state {
  using reply = actor_state;
};
TROUPE_CONTRACT(get_state, "troupe.sys.get_state", 1)

/// Stops the handling of messages and of the class's timers, until `resume`. The mailbox is kept and grows as it may; a handler that waits
/// in a coroutine goes on to its end; stop, restart, failures of children and these messages get through. It outlasts a restart. The
/// reply says whether it was not suspended already. `errc::invalid` for what lives on signals alone: supervisors.
struct suspend {
  using reply = bool;
};
TROUPE_CONTRACT(suspend, "troupe.sys.suspend", 1)

/// The end of that; timers that became due meanwhile fire now. The reply says whether it was suspended.
struct resume {
  using reply = bool;
};
TROUPE_CONTRACT(resume, "troupe.sys.resume", 1)

/// Makes an event and a log line (`message_traced`, level info) of each of the next `count` messages to or from the actor; 0: no more.
/// It ends by itself, so that one that is forgotten does no harm. The reply says how many were left of the one before.
struct trace {
  std::uint32_t count = 0;
  using reply = std::uint32_t;
};
TROUPE_CONTRACT(trace, "troupe.sys.trace", 1, count)

}  // namespace troupe::sys
