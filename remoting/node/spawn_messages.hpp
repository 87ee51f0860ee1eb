// What nodes say to each other about actors that one has spawned on the other: ordinary messages with contracts, to `/user/spawned`.
//
// Rules
//  NS1 A request names a *lease*: an actor of who asks, made for that request, which lives on his node. It tells one request from all others, so one
//      that is sent again, because a connection took the answer with it, is done once (spawner.hpp). The end of the lease, which is told like any
//      watched actor's (R3), is the actor's end too, unless that has been handed over: `spawn_kept` says so, and is sent again until it is answered.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/contract/contract.hpp>
#include <troupe/ref/ref.hpp>

namespace troupe {

/// What a lease understands, and nobody sends: a ref names a protocol.
struct spawn_lease_word {};
TROUPE_CONTRACT(spawn_lease_word, "troupe.spawn.lease", 1)

/// The actor that was spawned. Its ref is exact (L5).
struct spawned_actor {
  ref<spawn_lease_word> who;
};
TROUPE_CONTRACT(spawned_actor, "troupe.spawn.done", 1, who)

/// An actor, please.
struct spawn_request {
  std::string type;  ///< by its name on the wire
  std::uint32_t version = 0;
  std::string arguments;  ///< their types (spawnable_types.hpp)
  std::string bytes;      ///< the arguments
  std::string name;       ///< among those that this node has had spawned there; empty: it goes by its number
  ref<spawn_lease_word> lease;
  std::uint64_t owner = 0;              ///< the number of the actor whose remote child it is; 0: of none
  bool bound = false;                   ///< it ends with the lease, however that does
  duration shutdown_time = seconds{5};  ///< how long its stop may take
  using reply = spawned_actor;
};
TROUPE_CONTRACT(spawn_request, "troupe.spawn.request", 1, type, version, arguments, bytes, name, lease, owner,
                bound, shutdown_time)

/// The actor of that lease has been handed over to who wanted it, and goes on by itself.
struct spawn_kept {
  ref<spawn_lease_word> lease;
  using reply = bool;
};
TROUPE_CONTRACT(spawn_kept, "troupe.spawn.kept", 1, lease)

/// Where both go.
inline constexpr std::string_view spawner_path = "/user/spawned";

}  // namespace troupe
