// The message a watcher gets: behind all that its subject sent, once (L3, L4, M9).
#pragma once

#include <cstdint>
#include <string>
#include <troupe/base/exit.hpp>
#include <troupe/engine/message_type.hpp>

namespace troupe {

/// A watched actor has stopped for good.
struct terminated {
  std::uint64_t number = 0;  ///< the actor's number in its system
  std::string path;          ///< its path
  exit_reason reason;        ///< how it ended
};

/// The descriptor of `terminated`. It has no contract: it crosses nodes as a system message.
extern const message_type terminated_type;

}  // namespace troupe
