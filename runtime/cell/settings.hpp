// What a cell is told about itself when it is spawned and that never changes: the same for many
// cells, so they share it (settings_table.hpp).
#pragma once

#include <cstdint>
#include <troupe/base/mailbox_choice.hpp>
#include <troupe/base/units.hpp>

namespace troupe {

struct actor_class;

namespace engine {
class dispatcher;
}  // namespace engine

/// What happens to the message an actor failed on (S7).
struct poison_policy {
  /// What happens to the message.
  enum class fate : std::uint8_t { drop, retry, put_back };
  fate what = fate::drop;
  unsigned retries = 0;  ///< with `retry`: how often it is run again before it is dropped

  /// To dead letters, its asker gets `handler_failed`. The default.
  static constexpr poison_policy drop() noexcept { return {}; }
  /// Run again after the restart, `n` times at most.
  static constexpr poison_policy retry(unsigned n) noexcept { return {fate::retry, n}; }
  /// Run again after every restart, each of which counts (S7): a message that always fails uses the supervisor's limit up, or waits longer each
  /// time where its child has a backoff.
  static constexpr poison_policy put_back() noexcept { return {fate::put_back, 0}; }

  friend bool operator==(const poison_policy&, const poison_policy&) = default;
};

/// The settings of a cell.
struct cell_settings {
  const actor_class* type = nullptr;
  engine::dispatcher* dispatcher = nullptr;  ///< null: the default one
  duration shutdown_time =
      seconds{5};  ///< how long its parent waits for its stop; `duration::max()`: for ever
  duration start_time = duration::max();  ///< how long its start may take before it counts as failed (L2)
  poison_policy poison = {};
  mailbox_choice mailbox = {};  ///< which mailbox it has (M8); prioritized: with its levels
  bool restarts = false;        ///< whether its parent may have it restarted: it keeps its recipe then (RE1)
  bool tells_parent = false;    ///< whether the parent's body hears of each start (supervisors do)

  friend bool operator==(const cell_settings&, const cell_settings&) = default;
};

}  // namespace troupe
