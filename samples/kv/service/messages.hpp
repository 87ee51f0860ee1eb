// What a shard understands. These cross node boundaries, so each has a contract.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <troupe/troupe.hpp>
#include <utility>
#include <vector>

namespace kv {

/// How many shards the keys hash to; the same on every node.
inline constexpr std::size_t shard_count = 64;

struct get {
  std::string key;
  using reply = std::optional<std::string>;
};
TROUPE_CONTRACT(get, "kv.get", 1, key)

/// When a `set` may write.
enum class set_when : std::uint8_t { always, absent, present };
TROUPE_CONTRACT_ENUM(set_when, "kv.set_when", always, absent, present)

struct set {
  std::string key;
  std::string value;
  set_when when = set_when::always;
  using reply = bool;  ///< whether it was written
};
TROUPE_CONTRACT(set, "kv.set", 1, key, value, when)

struct remove {
  std::vector<std::string> keys;
  using reply = std::int64_t;  ///< how many there were
};
TROUPE_CONTRACT(remove, "kv.remove", 1, keys)

struct exists {
  std::vector<std::string> keys;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(exists, "kv.exists", 1, keys)

struct increment {
  std::string key;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(increment, "kv.increment", 1, key)

struct append {
  std::string key;
  std::string value;
  using reply = std::int64_t;  ///< the new length
};
TROUPE_CONTRACT(append, "kv.append", 1, key, value)

struct length {
  std::string key;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(length, "kv.length", 1, key)

struct get_many {
  std::vector<std::string> keys;
  /// What the values may take together, in bytes; more is refused with `invalid` before anything is copied.
  std::uint64_t bytes_max = 0;
  using reply = std::vector<std::optional<std::string>>;
};
TROUPE_CONTRACT(get_many, "kv.get_many", 2, keys, bytes_max)

struct set_many {
  std::vector<std::pair<std::string, std::string>> pairs;
};
TROUPE_CONTRACT(set_many, "kv.set_many", 1, pairs)

struct count {
  using reply = std::int64_t;
};
TROUPE_CONTRACT(count, "kv.count", 1)

/// `node` says which map it has; the answer is the number of the other's (`keyspace::hash`).
struct compare_maps {
  std::string node;
  std::uint64_t hash = 0;
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(compare_maps, "kv.compare_maps", 1, node, hash)

/// Makes the shard throw: a fault on purpose.
struct crash {};
TROUPE_CONTRACT(crash, "kv.crash", 1)

}  // namespace kv
