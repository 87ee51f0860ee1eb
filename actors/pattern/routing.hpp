// How a router chooses: the strategies, as values that are given to `spawn_pool` (pool.hpp) and `spawn_group` (group.hpp).
//
//     auto workers = troupe::spawn_pool<worker>(sys, {.name = "workers", .size = 8}, troupe::least_loaded{});
//     auto shards = troupe::spawn_pool<shard>(sys, {.name = "shards", .size = 16},
//                                             troupe::consistent_hash{[](const auto& m) { return m.account; }});
//
// Rules
//  RO1 A message goes from its sender's thread straight to the member: there is no actor in between and no queue but the
//      member's. What one sender sends to one member arrives in order (M3).
//  RO2 `consistent_hash` without a bound is sticky: while the members stay the same, messages of one key go to one member, in
//      the order a sender sent them. Every other strategy may spread a sender's messages over the members.
//  RO3 With no member a tell is a dead letter and an ask is answered, both with `stopped`.
//  RO4 An ask that goes to several members has one answer: the first success; when all have failed, the last error.
//  RO5 `offer` (M8) waits for room at the one member that the strategy chooses for the message; there it is queued, or waits in its line.
//      Where a message is for several (broadcast, scatter_gather, tail_chopping) an offer waits for none of them: it is as a tell.
#pragma once

#include <cstdint>
#include <troupe/base/units.hpp>
#include <utility>

namespace troupe {

/// Members in turn.
struct round_robin {};

/// Any member, each as likely as the others (from the system's entropy, D1).
struct random_member {};

/// The member with the fewest messages that wait. Up to 16 members are all looked at, of more 8 that are drawn. The depth of a
/// member in another process is not known: such a one is chosen, in turn, only when there is no other.
struct least_loaded {};

/// What else there is to say about `consistent_hash`.
struct hashing {
  /// No member gets a message while it has more waiting than this percentage of the mean (Mirrokni, Thorup, Zadimoghaddam:
  /// Consistent Hashing with Bounded Loads, 2018): the message goes to the next one on the ring. 0: no bound (RO2). From 1 to
  /// 99 is an error. Members in other processes count as idle.
  std::uint32_t bound_percent = 125;
  /// How many places on the ring a member has, 1 to 1,000. More make the shares more even.
  std::uint32_t points = 100;
};

/// By key: `key(message)`, for each message of the protocol, is a string, a number or an enumerator; it must not throw.
template <class Key>
struct consistent_hash {
  /// `key` extracts it.
  explicit consistent_hash(Key key, hashing how = {}) : key_of(std::move(key)), settings(how) {}

  Key key_of;        ///< from a message to its key
  hashing settings;  ///< bound and ring
};

/// All members, each with a copy. An ask is answered as RO4 says.
struct broadcast {};

/// An ask goes to several members at once and is answered by the first that succeeds (RO4). A tell goes to the same ones.
struct scatter_gather {
  std::uint32_t members = 0;  ///< how many are asked, in turn; 0: all
};

/// An ask goes to one member, drawn; after `interval` without an answer, or at once when it failed, to the next as well, and so
/// on until one succeeds (RO4) or the deadline is there. A tell goes to one.
struct tail_chopping {
  duration interval = milliseconds{100};  ///< more than 0
};

}  // namespace troupe
