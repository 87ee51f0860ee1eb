// Which messages go before others, by their type, as data (M8). Constant-initialised; `actors/actor/priorities.hpp` makes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <troupe/engine/message_type.hpp>

namespace troupe {

/// How urgent a message is, by its type.
enum class priority : std::uint8_t { high, normal, low };
/// How many levels there are.
inline constexpr std::size_t priority_levels = 3;

/// The types that are not normal.
struct message_priorities {
  std::span<const message_type* const> high;
  std::span<const message_type* const> low;

  /// The level of a type: a look at each one in the lists, which are short.
  priority level_of(const message_type* type) const noexcept {
    for (const message_type* const one : high)
      if (one == type) return priority::high;
    for (const message_type* const one : low)
      if (one == type) return priority::low;
    return priority::normal;
  }
};

}  // namespace troupe
