// The fixed numbers of the scenarios, one place for both C++ programs; erlang/work.hrl says the same to Erlang. What the
// command line's SIZE counts stands beside each.
#pragma once

#include <chrono>
#include <cstdint>

namespace bench::work {

// pingpong, counting: SIZE messages.
inline constexpr std::uint64_t fanin_senders = 4;     ///< SIZE messages in all
inline constexpr std::uint64_t ring_actors = 100;     ///< SIZE hops
inline constexpr std::uint64_t big_actors = 120;      ///< SIZE pings from each
inline constexpr std::uint64_t forkjoin_actors = 60;  ///< SIZE messages to each
inline constexpr std::uint64_t skynet_children = 10;  ///< of a node; SIZE leaves, a power of this

/// Spawned actors that have not answered yet, at most: a worker of CAF steals from the far end of a list, in a time that
/// grows with its length, and a spawner that runs a million ahead would measure that alone.
inline constexpr std::uint64_t crowd_batch = 1'000;  ///< spawn, stop, bytes, idle: SIZE actors

// mixed: SIZE rings. The case of CAF's own suite, its tokens and its number both a tenth as large.
inline constexpr std::uint64_t mixed_ring_actors = 100;  ///< in a ring, its master among them
inline constexpr std::uint64_t mixed_token = 1'000;      ///< rounds of a token before its ring is taken down
inline constexpr std::uint64_t mixed_repetitions = 5;    ///< rings that a master makes, one after the other
inline constexpr std::uint64_t mixed_factor_1 = 8'602'817;
inline constexpr std::uint64_t mixed_factor_2 = 9'500'021;

// bank: SIZE transfers in all.
inline constexpr std::uint64_t bank_accounts = 1'000;
inline constexpr std::uint64_t bank_sources =
    800;  ///< money goes from one of these to one behind it, so nobody waits in a circle
inline constexpr std::uint64_t bank_tellers = 100;  ///< each has one transfer under way
inline constexpr std::uint64_t bank_amount_max = 1'000;

// hot, hot_among, uniform: SIZE hops.
inline constexpr std::uint64_t traffic_tokens = 100;       ///< under way at once
inline constexpr std::uint64_t hot_actors = 100;           ///< those that get messages
inline constexpr std::uint64_t traffic_hops_an_actor = 5;  ///< of the large population: SIZE / 5 actors

// outrun: SIZE messages.
inline constexpr std::uint64_t outrun_steps =
    300;  ///< of arithmetic for each message: the receiver is the slow one
inline constexpr std::uint64_t outrun_bound = 1'000;  ///< of the bounded mailbox

// idle: SIZE actors.
inline constexpr std::uint64_t idle_actors_a_timer = 100;
inline constexpr std::chrono::hours idle_timer{1};
inline constexpr std::chrono::milliseconds idle_before{500};  ///< nothing is measured yet
inline constexpr std::chrono::milliseconds idle_measured{2000};

// wakeup, flood: SIZE probes. timers: SIZE timers.
inline constexpr std::chrono::microseconds wakeup_pause{
    300};  ///< long enough for every worker to go to sleep
inline constexpr std::chrono::milliseconds flood_pause{1};
inline constexpr std::uint64_t flood_messages =
    1'000;  ///< that the flooding actor sends itself again and again
inline constexpr std::uint64_t timer_ms_min = 10;
inline constexpr std::uint64_t timer_ms_max = 1'000;

// crash, storm: SIZE restarts; dynamic, child_bytes, group: SIZE children.
inline constexpr std::uint64_t storm_workers = 100;
inline constexpr std::chrono::seconds storm_period{1};  ///< of the limit, which allows a million
inline constexpr std::uint64_t group_rounds = 5;

/// An ask may take this long. Every language arms a timer for it: an ask without a time limit is another thing.
inline constexpr std::chrono::seconds ask_timeout{10};

}  // namespace bench::work
