// Who says where a name leads, other than the tree of actors: what a named ref resolves through (L5). Sharding and virtual actors are
// resolvers: `/shards/ada` is whoever keeps ada now, started for the purpose perhaps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/cell/address.hpp>
#include <troupe/cell/ref_token.hpp>

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
  /// The address of what `there` names: of its node the actor with that number in that run, or whoever is at the path, when both are 0.
  /// Null for a node that is not known. Must not block.
  virtual address_ptr address_at(const ref_token& there) = 0;
  /// The seal of this node, in this run, of the ref to the actor here with that number at that path; 0 for whoever is at the path. Never 0.
  /// Nobody can make it who has not been given it.
  virtual std::uint64_t seal_of(std::uint64_t number, std::string_view path) const noexcept = 0;
  /// What is known of a node that `address_at` has no address for: a line for a person, which goes on behind "no peer of that name"; empty, the
  /// default: nothing.
  virtual std::string why_not(std::string_view node) const;

 protected:
  ~node_directory() = default;
};

/// Who wants to know which nodes the refs are of that are written into a message: whoever sends it on makes them known to its receiver (names.hpp,
/// NM8). Codecs find him in the writer's `witness()`. Not thread-safe.
class ref_witness {
 public:
  /// A ref to an actor of that node, which is not this one, has been written.
  virtual void saw_node(std::string_view node) = 0;

 protected:
  ~ref_witness() = default;
};

/// Somebody outside who writes tokens of this node, and is not believed that he was given what they name. Codecs find him in the reader's
/// `origin()`. Thread-safe.
class ref_guest {
 public:
  /// Whether a ref to an actor here that he has written leads there: he has its seal, or may send it everything anyway.
  virtual bool may_have(const ref_token& here) const noexcept = 0;

 protected:
  ~ref_guest() = default;
};

}  // namespace troupe
