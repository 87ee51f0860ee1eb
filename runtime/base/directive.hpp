// What a supervisor may do about a failure, by the type of the exception (S1): Akka's words.
#pragma once

#include <cstdint>
#include <string_view>

namespace troupe {

/// What is done about a failure.
enum class directive : std::uint8_t {
  restart,  ///< a new body in the old cell (S6), within the supervisor's limit (S3)
  stop,     ///< it ends, and stays down whatever its restart type
  resume,  ///< it goes on with its state as if the message had not been; not for a start, nor for `on_turn_end`
  escalate,  ///< its supervisor fails in its place, to its own parent
};

/// `restart`, `stop`, `resume`, `escalate`.
constexpr std::string_view to_string(directive d) noexcept {
  constexpr std::string_view names[] = {"restart", "stop", "resume", "escalate"};
  return names[static_cast<std::size_t>(d)];
}

}  // namespace troupe
