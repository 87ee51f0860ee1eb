// CAF's middleman, for coroutines of the desk: what it is asked goes out as CAF's own request, and comes back into the turn of who awaits it.
//
// Rules
//  MM1 Nobody waits for CAF on a worker: CAF's middleman actor, which blocks in system calls, has a thread of its own.
//  MM2 What nobody waits for any more when CAF has done it is undone where it can be: a port that was opened is closed.
//  MM3 CAF does not stop while it makes a connection: it could wait for itself then (connecting.hpp). It gives one up whose peer says nothing at its
//      next heartbeat.
#pragma once

#include <caf/actor_control_block.hpp>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <troupe/actor/asking.hpp>
#include <troupe/basp/connecting.hpp>
#include <troupe/contract/unit.hpp>
#include <troupe/port/transport.hpp>

namespace caf {
class actor_system;
class actor_system_config;
}  // namespace caf

namespace troupe::detail {

/// What CAF found at a port.
struct found_actor {
  caf::strong_actor_ptr who;        ///< null: no actor is published there
  std::set<std::string> interface;  ///< what it was published with; empty: a dynamically typed actor
};

/// Makes `config` load CAF's middleman. In a system that is simulated something that does nothing takes its place, so that there is no thread
/// before the system is refused. Before CAF's system is made.
void load_middleman(caf::actor_system_config& config);

/// Publishes `whom` at `port` (0: any) of `address`. Await it in the actor that calls it (MM2).
asking<std::uint16_t> open_port(caf::actor_system& system, caf::strong_actor_ptr whom, std::uint16_t port,
                                std::string address, std::set<std::string> interface);

/// Closes a port. Await it, or not.
asking<unit> close_port(caf::actor_system& system, std::uint16_t port);
/// Closes a port; nobody hears what came of it. Thread-safe.
void close_port_unheard(caf::actor_system& system, std::uint16_t port);

/// Connects to `at` and asks what is published there; `timeout` when that takes longer than `limit`, `would_block` when it should be tried
/// again; `stopped` when none may begin any more (MM3). Await it.
asking<found_actor> find_actor(caf::actor_system& system, const port::endpoint& at, duration limit,
                               const std::shared_ptr<connecting>& all);

}  // namespace troupe::detail
