// How much a mailbox holds, and what becomes of a message that finds it full (M8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/limits.hpp>

namespace troupe {

/// What becomes of a message to a full mailbox.
enum class overflow : std::uint8_t {
  reject,       ///< the newest becomes a dead letter
  drop_oldest,  ///< the oldest becomes a dead letter
  push_back,  ///< one that is offered waits with its sender (`co_await offer<M>(...)`); any other is rejected
};

/// A bound, or none.
struct mailbox_bound {
  std::uint32_t max = 0;  ///< how many messages may wait; 0: any number
  overflow when_full = overflow::reject;

  friend bool operator==(const mailbox_bound&, const mailbox_bound&) = default;
};

/// A mailbox for at most `max` messages, 1 to `limits::mailbox_max`.
constexpr mailbox_bound bounded(std::uint32_t max, overflow when_full = overflow::reject) noexcept {
  return {max, when_full};
}

/// A mailbox for any number of messages: the default, said to whom a configuration says otherwise.
constexpr mailbox_bound unbounded() noexcept { return {}; }

/// `reject`, `drop_oldest`, `push_back`, as in a configuration.
constexpr std::string_view to_string(overflow policy) noexcept {
  constexpr std::string_view names[] = {"reject", "drop_oldest", "push_back"};
  return names[static_cast<std::size_t>(policy)];
}

/// What is wrong with a bound, "" for nothing.
inline std::string mailbox_bound_problem(const mailbox_bound& bound) {
  if (bound.max <= limits::mailbox_max) return {};
  return "a mailbox holds at most " + std::to_string(limits::mailbox_max) + " messages, not " +
         std::to_string(bound.max);
}

}  // namespace troupe
