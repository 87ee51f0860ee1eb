// Who says where a name leads, other than the tree of actors: what a named ref resolves through (L5). Sharding and virtual actors are
// resolvers: `/shards/ada` is whoever keeps ada now, started for the purpose perhaps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/cell/address.hpp>

namespace troupe {

/// Finds the addresses of names below a prefix; see `names::resolve_with`.
class resolver {
 public:
  virtual ~resolver() = default;

  /// Where a message to `path` goes now; null: nobody is there, the message is a dead letter (`stopped`). Called on each use of a named
  /// ref, on any thread, without a lock: it must not block. What is not known yet is an address that waits for it. From other nodes
  /// comes what the address says it `understands`.
  virtual address_ptr resolve(std::string_view path) noexcept = 0;
};

/// What a node knows of others: where a token leads that names another node. Thread-safe.
class node_directory {
 public:
  /// This node's name.
  virtual std::string_view own_name() const noexcept = 0;
  /// The address of the actor at `path` of node `node`: the one with that number in that run of the node, or whoever is there, when
  /// both are 0. Null for a node that is not known. Must not block.
  virtual address_ptr address_at(std::string_view node, std::uint64_t incarnation, std::uint64_t number,
                                 std::string_view path) = 0;

 protected:
  ~node_directory() = default;
};

}  // namespace troupe
