// The fixed numbers of the scenarios between two processes; erlang/remote.hrl says the same to Erlang.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bench::remote {

/// Messages one way: how large they are, and how many may be under way. Whoever receives grants more when it has got `grant` of
/// them: the same in every language, because what each does without a window differs (Erlang suspends the sender, CAF queues
/// without bound, troupe refuses past `node.unsent_max`).
struct flow {
  std::size_t bytes;     ///< of each payload
  std::uint64_t window;  ///< messages that may be sent and not granted
  std::uint64_t grant;   ///< messages that one grant is for
};

inline constexpr std::size_t small_bytes = 32;  ///< roundtrip, oneway, latency
inline constexpr flow oneway_flow{small_bytes, 20'000, 10'000};
inline constexpr flow payload_100b_flow{100, 20'000, 10'000};
inline constexpr flow payload_1k_flow{1u << 10, 8'000, 4'000};
inline constexpr flow payload_10k_flow{10u << 10, 800, 400};
inline constexpr flow payload_1m_flow{1u << 20, 16, 8};
/// As large as a message of troupe may be without a word of the configuration (`node.message_max`).
inline constexpr flow payload_60m_flow{60u << 20, 2, 1};
inline constexpr flow payload_100m_flow{100u << 20, 2, 1};
inline constexpr std::size_t large_message_max = 128u << 20;  ///< what nodes of troupe take for that
inline constexpr std::uint64_t pairs_max = 5;                 ///< of oneway5: SIZE messages in all

// latency: SIZE messages, `burst` of them due at each `burst_interval`: 10,000 a second. Erlang's timers have whole milliseconds.
inline constexpr std::uint64_t burst = 10;
inline constexpr std::chrono::milliseconds burst_interval{1};

// heartbeat: SIZE messages of `heartbeat_flow`, and a small one due at each `heartbeat_interval` meanwhile.
inline constexpr flow heartbeat_flow{1u << 30, 1, 1};
inline constexpr std::size_t heartbeat_message_max =
    heartbeat_flow.bytes + (1u << 20);  ///< what nodes of troupe take for that
inline constexpr std::chrono::milliseconds heartbeat_interval{2};

// connections: SIZE of them.
inline constexpr std::chrono::seconds connections_measured{10};

/// An ask may take this long, in every language.
inline constexpr std::chrono::seconds ask_timeout{10};
/// How long the two halves may take to find each other.
inline constexpr std::chrono::seconds meet_time_max{20};

}  // namespace bench::remote
