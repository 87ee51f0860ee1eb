// Where a key lives: which shard, on which node, and the ref to it. A local shard and a remote one look the
// same.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kv/service/shard.hpp"

namespace kv {

/// The map from keys to shards of a cluster, and which nodes have another one. The map is immutable; thread-safe.
class keyspace {
 public:
  /// `nodes` are the names of all nodes, this one included; every node must be given the same names.
  keyspace(troupe::system& sys, std::string self, std::vector<std::string> nodes);

  /// The shard of a key.
  static std::size_t shard_of(std::string_view key) noexcept;
  /// The node a shard lives on.
  const std::string& node_of(std::size_t shard) const { return nodes_[shard % nodes_.size()]; }
  /// The shards that live on this node.
  std::vector<std::size_t> own_shards() const;
  /// The way to a shard. To nowhere while its node is known to have another map: what one node writes there the others
  /// would not find.
  const troupe::ref<shard>& at(std::size_t number) const {
    return agrees(number) ? shards_[number] : nowhere_;
  }
  /// Whether the shard's node has the same map, as far as is known.
  bool agrees(std::size_t number) const { return !(*others_)[number % nodes_.size()].load(); }
  /// The names of the other nodes.
  std::vector<std::string> peers() const;
  const std::string& self() const noexcept { return self_; }

  /// Nodes that were given the same names have the same number here.
  std::uint64_t hash() const noexcept;
  /// `node` has the map of that number. Returns whether that is news.
  bool learn(const std::string& node, std::uint64_t its_hash) const;

 private:
  std::string self_;
  std::vector<std::string> nodes_;  // sorted, so that all nodes agree
  std::vector<troupe::ref<shard>> shards_;
  troupe::ref<shard> nowhere_;
  std::shared_ptr<std::vector<std::atomic<bool>>> others_;  // for each node: it has another map
};

}  // namespace kv
