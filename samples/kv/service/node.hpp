// What a node of the service is made of, on a system that is there: its shards, its sessions, its listener. `main` makes one; so does whoever
// simulates a cluster of them.
#pragma once

#include <functional>
#include <memory>
#include <troupe/io/listener.hpp>
#include <troupe/tree/supervise.hpp>

#include "kv/service/session.hpp"
#include "kv/service/settings.hpp"

namespace kv {

/// Lets the other nodes send to what of the service they need of this one, beside what the configuration lets them: the shards, and who compares
/// maps. Sessions and the listener are this node's own business. And says what contracts those have, so that nodes of two releases know what they
/// would misread.
void let_peers_in(troupe::node_options& as);

/// The service on one node. It serves from its construction on, until its system stops.
class node {
 public:
  /// Throws `failed` with what can't be had: a port, a database.
  node(troupe::system& sys, const troupe::node_options& as, const settings& how);

  /// What it has in common with its sessions.
  const service& shared() const noexcept { return *shared_; }
  /// Has `then` called when the service has given up; not when it is shut down.
  void when_given_up(std::function<void(const troupe::exit_reason&)> then) const;

 private:
  node(troupe::system& sys, const troupe::node_options& as, const settings& how,
       const troupe::io::held_port& port);

  std::shared_ptr<const service> shared_;
  troupe::supervision tree_;
};

}  // namespace kv
