// A message to an actor of a peer, encoded and about to leave, or to wait until the peer has been reached (peer_link.hpp, PL9, PL24).
#pragma once

#include <cstdint>
#include <troupe/base/units.hpp>
#include <troupe/cell/address.hpp>
#include <troupe/engine/envelope.hpp>
#include <troupe/node/encoded.hpp>
#include <troupe/node/remote_target.hpp>
#include <troupe/wire/introduction.hpp>
#include <vector>

namespace troupe::detail {

/// See above. Not thread-safe.
struct ready_message {
  engine::envelope_ptr what;
  address* by;  ///< has the two below
  const remote_target* to;
  target_routes* routes;  ///< guarded by the link's lock
  encoded payload = {};
  std::vector<wire::introduction> nodes = {};  ///< whose actors it names, and where they are (PL23)
  std::uint64_t request = 0;                   ///< its number; 0: nobody waits for an answer
  duration time_left = {};                     ///< for the answer
};

/// One that waits.
struct waiting_message {
  ready_message it;
  address_ptr by;  ///< keeps what `it` points to
};

}  // namespace troupe::detail
