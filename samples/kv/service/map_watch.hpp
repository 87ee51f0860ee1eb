// Sees to it that nodes with different lists of peers, which would look for the same key in different places, do not serve
// each other: they compare their maps whenever they meet.
#pragma once

#include <string>

#include "kv/service/keyspace.hpp"

namespace kv {

/// A node can be reached. Stays within its node.
struct peer_came {
  std::string node;
};

/// Compares maps: with every peer when it starts, and with each that comes up later. Whoever starts last asks, so both
/// know. What it finds goes into the keyspace and the log.
class map_watch : public troupe::actor<compare_maps, peer_came> {
 public:
  map_watch(troupe::system* sys, keyspace keys) : sys_(sys), keys_(std::move(keys)) {}

  void on_start();
  std::uint64_t on(const compare_maps& m);
  void on(const peer_came& m) { launch(ask_for_map(m.node)); }

 private:
  troupe::task<void> ask_for_map(std::string node);
  void learn(const std::string& node, std::uint64_t its_hash);

  troupe::system* sys_;
  keyspace keys_;
};

/// Tells the map_watch at `path` of peers that come up, as long as the system lives.
void tell_of_peers(troupe::system& sys, std::string path);

}  // namespace kv
