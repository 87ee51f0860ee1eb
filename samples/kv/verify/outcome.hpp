// What became of one request, and what that says about its effect. Pure; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kv::verify {

/// How a request ended.
enum class ending : std::uint8_t {
  answered,     ///< with a reply that is no error
  refused,      ///< no connection could be made, so it was never sent
  closed,       ///< the connection broke before the reply came
  no_answer,    ///< the client's own time limit passed
  unavailable,  ///< `-UNAVAILABLE`: the shard's node can't be reached
  timeout,      ///< `-TIMEOUT`: the node gave up waiting
  overloaded,   ///< `-OVERLOADED`: the node has too much to do
  loading,      ///< `-LOADING`: the node is starting
  failure,      ///< any other error, or a reply of the wrong type
};

/// How many endings there are.
inline constexpr std::size_t endings = 9;

/// The name of an ending, as it is printed: replies in capitals, what the client saw itself in small letters.
std::string_view to_string(ending e) noexcept;

/// The ending that an error reply means, by its first word: `UNAVAILABLE node n2 is down`.
ending classify_error(std::string_view reply) noexcept;

/// Whether a write that ended so may have happened, or may still happen (K2). False for `answered`: that is
/// certain.
constexpr bool may_have_happened(ending e) noexcept { return e != ending::answered && e != ending::refused; }

/// A reply, as far as the verifier needs to know.
struct answer {
  /// The type of a reply that is no error.
  enum class type : std::uint8_t { none, status, integer, bulk, null, other };

  ending how = ending::failure;
  type kind = type::none;
  std::int64_t number = 0;  ///< of an integer
  std::string text = {};    ///< of a status or bulk; of an error, and why a connection broke
};

/// One count for each ending.
using ending_counts = std::array<std::uint64_t, endings>;

/// `UNAVAILABLE 12, closed 3`; `none` when all counts but `answered` are zero.
std::string describe_errors(const ending_counts& counts);

}  // namespace kv::verify
