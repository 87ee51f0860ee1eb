// What a node shares with its peers, for people and programs that look after it.
//
//     for (const auto& one : troupe::shared_services_now(sys, 1s).value()) std::cout << one.peer << ": " << one.offers << '\n';
#pragma once

#include <cstdint>
#include <string>
#include <troupe/base/error.hpp>
#include <troupe/base/units.hpp>
#include <vector>

namespace troupe {

class system;

/// What is shared with a peer, as of now. A value.
struct shared_with {
  std::string peer;
  bool listed = false;       ///< whether the receptionist here lists what it offers: the nodes can talk
  std::uint64_t offers = 0;  ///< that it has told of, and that are kept: at most `node.services_max`
  std::string why_not = {};  ///< where it is not listed: what became of the last question to it
  bool asks = false;         ///< it has a question open here: it hears of changes
  friend bool operator==(const shared_with&, const shared_with&) = default;
};

/// To `/user/services`, from the same node: what is shared with whom? By the names of the peers.
struct list_shared {
  using reply = std::vector<shared_with>;
};

/// The answer to that, for a plain thread, which waits. `errc::stopped` for a system that shares no services. An actor asks
/// `ref_to<list_shared>(env, "/user/services")`.
result<std::vector<shared_with>> shared_services_now(system& sys, duration timeout);

}  // namespace troupe
