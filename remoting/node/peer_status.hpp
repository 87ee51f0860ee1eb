// What a node knows of another one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <troupe/base/units.hpp>
#include <troupe/detector/suspicion.hpp>
#include <troupe/port/transport.hpp>

namespace troupe {

/// What is known of a peer, for people.
struct peer_status {
  std::string name;
  port::endpoint at;
  bool reachable = false;
  std::string reason;                       ///< why it is not reachable
  duration since{};                         ///< how long it has been so
  std::uint64_t incarnation = 0;            ///< the one that is up, or was last
  std::optional<suspicion> heartbeat = {};  ///< what is thought of its silence now; none: it is not reachable
};

}  // namespace troupe
