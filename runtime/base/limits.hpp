// Every bound of the runtime in one place; where one depends on another a static_assert says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <troupe/base/units.hpp>

namespace troupe::limits {

/// Messages a cell may run in one turn before it gives up its worker.
inline constexpr std::size_t turn_messages_max = 64;

/// Turns a worker runs between two looks at the I/O driver.
inline constexpr std::size_t turns_per_poll = 256;

/// Longest name of an actor or a node, in bytes.
inline constexpr std::size_t name_bytes_max = 255;

/// Deepest actor path, in names.
inline constexpr std::size_t path_depth_max = 64;

/// Waits of a cycle of asks that the text of the error shows; what matters is who is in it, and most cycles have two or three.
inline constexpr std::size_t cycle_path_shown_max = 16;
/// Longest token of a ref (ref_token.hpp), in bytes: a node whose every byte is escaped, two numbers and a seal, the deepest path.
inline constexpr std::size_t ref_token_bytes_max =
    3 * name_bytes_max + 64 + path_depth_max * (name_bytes_max + 1);

/// Addresses of a system that are reachable from outside though they are no actors: message adapters in messages to peers.
inline constexpr std::size_t exported_max = std::size_t{1} << 16;

/// Largest frame a peer may send once it has proved who it is.
inline constexpr std::size_t frame_bytes_max = 64u << 20;

/// Largest frame, and all the memory, a peer may cost before it has proved who it is (rule R6).
inline constexpr std::size_t handshake_bytes_max = 64u << 10;

/// The longest a peer may take to prove who it is (rule R6).
inline constexpr duration handshake_time_max = std::chrono::seconds{5};

/// Deepest nesting a decoder follows (rule R8).
inline constexpr std::size_t decode_depth_max = 32;

/// Largest JSON text that is read unless its reader says otherwise (rule R8).
inline constexpr std::size_t json_bytes_max = 16u << 20;

/// Values and keys a JSON text may have unless its reader says otherwise (rule R8).
inline constexpr std::size_t json_values_max = std::size_t{1} << 20;

/// Lists and objects inside each other in a JSON text: a struct of a message may have a few of each.
inline constexpr std::size_t json_depth_max = 256;

/// Threads the blocking dispatcher may have at once.
inline constexpr std::size_t blocking_threads_max = 64;

/// Threads a configured blocking dispatcher may be given.
inline constexpr std::size_t dispatcher_threads_max = 4096;

/// Workers a configured pool may be given.
inline constexpr std::size_t pool_threads_max = 1024;

/// Messages a bounded mailbox may be made for.
inline constexpr std::size_t mailbox_max = std::size_t{1} << 20;

/// Longest name of a dispatcher, in bytes.
inline constexpr std::size_t dispatcher_name_bytes_max = 64;

/// How long a supervised worker's start may take unless its spec says otherwise (rule L2).
inline constexpr duration start_time_max = std::chrono::seconds{20};

/// Bytes of a message's content that a dead letter, a failure or a trace shows, unless the configuration says otherwise.
inline constexpr std::size_t message_text_max = 200;

/// The most that the configuration may say for it.
inline constexpr std::size_t message_text_bytes_max = 4096;

/// Bytes a connection reads at a time; the buffer belongs to the worker, not to the connection.
inline constexpr std::size_t read_chunk_bytes = 64u << 10;

static_assert(decode_depth_max < json_depth_max, "what nests as deep as a message may also has a JSON form");
static_assert(handshake_bytes_max < frame_bytes_max,
              "a peer may not cost more before the handshake than after");
static_assert(blocking_threads_max <= dispatcher_threads_max, "the default may be written down");
static_assert(path_depth_max * (name_bytes_max + 1) < handshake_bytes_max,
              "any path fits into the smallest frame");

}  // namespace troupe::limits
