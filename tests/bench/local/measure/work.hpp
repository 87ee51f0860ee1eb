// The fixed numbers of the scenarios, one place for both C++ programs; erlang/work.hrl says the same to Erlang. What the
// command line's SIZE counts stands beside each.
#pragma once

#include <chrono>
#include <cstdint>

namespace bench::work {

// pingpong, counting: SIZE messages.
inline constexpr std::uint64_t fanin_senders = 4;  ///< SIZE messages in all
inline constexpr std::uint64_t ring_actors = 100;  ///< SIZE hops

/// Spawned actors that have not answered yet, at most: a worker of CAF steals from the far end of a list, in a time that
/// grows with its length, and a spawner that runs a million ahead would measure that alone.
inline constexpr std::uint64_t crowd_batch = 1'000;  ///< spawn: SIZE actors

/// An ask may take this long. Every language arms a timer for it: an ask without a time limit is another thing.
inline constexpr std::chrono::seconds ask_timeout{10};

}  // namespace bench::work
