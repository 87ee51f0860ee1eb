// What can be said of a message to a person: for dead letters, failures and traces (M4, M6).
//
// Rules
//  MF1 It costs nothing until somebody wants to see it: an envelope carries its sender's number and its type, no text.
//  MF2 All of it is bounded: the content by `environment::message_text_max`, the search for the sender by
//      `sender_search_max` cells. A sender that is not found within that, or is gone, goes by its number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <troupe/engine/envelope.hpp>

namespace troupe {

class environment;

/// MF2.
inline constexpr std::size_t sender_search_max = 1000;

/// The path of the actor with that number, the sender of a message: `/user/bank`; `actor 17` when it is not found (MF2), `actor 17
/// of another node`; empty for 0. Thread-safe.
std::string sender_of(environment& env, std::uint64_t cause);

/// A message in words.
struct message_facts {
  std::string type;     ///< its type's name
  std::string content;  ///< its content as text; empty: not to be shown, or not known any more
  std::string sender;   ///< who sent it: `sender_of`, or `caf:17` for a plain CAF actor; empty: no actor

  std::string trace;  ///< the trace it belongs to, and the span it was sent from; empty: none

  /// What is known of `e` in the system of `env`. Thread-safe; `e` belongs to the caller.
  static message_facts of(environment& env, const engine::envelope& e);
};

}  // namespace troupe
