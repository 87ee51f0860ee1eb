// `why <actor>`: the chain of messages that led to its failure, out of the flight recorder of its system (cell/flight_recorder.hpp).
//
//     options.flight_recorder_messages = 10'000;              // or flight_recorder.messages in the configuration
//     ...
//     if (const auto chain = troupe::sys::why(ledger)) std::puts(to_string(*chain).c_str());
//
// Rules
//  WY1 The chain ends with the actor's last failure that is still recorded, or its last message where there is none, and goes back: to the
//      handling in which that message was sent, and so on, to one that no actor of this process sent or that is not recorded any more.
//  WY2 Where it is not known in which handling a message was sent, because its sender had waited meanwhile, the last one of that sender is
//      taken; such a link is marked. In a simulation the record knows better (simulate/views.hpp).
#pragma once

#include <string>
#include <troupe/ref/ref.hpp>
#include <vector>

namespace troupe::sys {

/// One message of a chain, or the failure at its end.
struct why_link {
  time_point at{};       ///< the time of the turn, on the system's clock
  std::string actor;     ///< who handled it: its path; by its number where it is gone
  std::string message;   ///< its type's name; empty: a failure on no message
  std::string sender;    ///< likewise; empty: no actor
  bool failed = false;   ///< not a message but the failure on it
  bool loosely = false;  ///< it led to the next one loosely (WY2)
};

/// The chain, first cause first; empty: nothing of the actor is recorded (WY1, WY2). `invalid` where the system has no flight recorder, `stopped`
/// for an actor that is gone, or of another node. Thread-safe; copies what is recorded: nothing for the hot path.
result<std::vector<why_link>> why(const any_ref& who, std::size_t links_max = 30);

/// A line a link, with the time before the last one: `  -12.345 us /user/ledger handles bank.deposit from /user/teller`. Loose links begin with a
/// `~`.
std::string to_string(const std::vector<why_link>& chain);

}  // namespace troupe::sys
