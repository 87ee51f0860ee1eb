// Where a key lives: which shard, on which node, and the ref to it. A local shard and a remote one look the
// same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kv/service/shard.hpp"

namespace kv {

/// The map from keys to shards of a cluster. Immutable; thread-safe.
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
  /// The way to a shard.
  const troupe::ref<shard>& at(std::size_t number) const { return shards_[number]; }
  const std::string& self() const noexcept { return self_; }

 private:
  std::string self_;
  std::vector<std::string> nodes_;  // sorted, so that all nodes agree
  std::vector<troupe::ref<shard>> shards_;
};

}  // namespace kv
