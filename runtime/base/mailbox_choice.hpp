// Which mailbox an actor has (M8): how much it holds and what becomes of a message that finds it full, or which messages go before
// others.
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

/// The kinds of mailboxes.
enum class mailbox_kind : std::uint8_t {
  unbounded,    ///< any number of messages, first come first served: the default
  bounded,      ///< a number of messages, and a policy for the one that is too many
  prioritized,  ///< any number of messages, some before others
};

struct message_priorities;

/// A mailbox to be had: `unbounded()`, `bounded(...)` or `prioritized(...)`.
struct mailbox_choice {
  mailbox_kind kind = mailbox_kind::unbounded;
  overflow when_full = overflow::reject;  ///< bounded
  std::uint32_t max = 0;                  ///< bounded: how many messages may wait
  const message_priorities* levels =
      nullptr;  ///< prioritized: which go first; null: what the actor's class says

  friend bool operator==(const mailbox_choice&, const mailbox_choice&) = default;
};

/// A mailbox for at most `max` messages, 1 to `limits::mailbox_max`.
constexpr mailbox_choice bounded(std::uint32_t max, overflow when_full = overflow::reject) noexcept {
  return {mailbox_kind::bounded, when_full, max};
}

/// A mailbox for any number of messages: the default, said to whom a configuration says otherwise.
constexpr mailbox_choice unbounded() noexcept { return {}; }

/// A mailbox in which the messages go first that the actor's class names (actors/actor/priorities.hpp).
constexpr mailbox_choice prioritized() noexcept { return {mailbox_kind::prioritized}; }

/// `reject`, `drop_oldest`, `push_back`, as in a configuration.
constexpr std::string_view to_string(overflow policy) noexcept {
  constexpr std::string_view names[] = {"reject", "drop_oldest", "push_back"};
  return names[static_cast<std::size_t>(policy)];
}

/// What is wrong with a bound, "" for nothing.
inline std::string mailbox_choice_problem(const mailbox_choice& chosen) {
  if (chosen.kind != mailbox_kind::bounded || (chosen.max >= 1 && chosen.max <= limits::mailbox_max))
    return {};
  return "a bounded mailbox holds 1 to " + std::to_string(limits::mailbox_max) + " messages, not " +
         std::to_string(chosen.max);
}

}  // namespace troupe
