// How a cell is made: everything that stays the same over its restarts.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <troupe/base/units.hpp>
#include <troupe/cell/body.hpp>
#include <troupe/engine/runnable.hpp>

namespace troupe {

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
  /// Run again after every restart.
  static constexpr poison_policy put_back() noexcept { return {fate::put_back, 0}; }
};

/// Tells how a first start went, on the new cell's thread.
using start_listener = std::function<void(result<void>)>;

/// Everything needed to make an actor and to make it again.
struct cell_props {
  std::string name;  ///< unique among its siblings; empty: it goes by its number, `$17` (L1)
  const actor_class* type = nullptr;
  std::function<std::unique_ptr<body>()> factory;  ///< runs on the cell's dispatcher, at each start (S4)
  engine::dispatcher* dispatcher = nullptr;        ///< null: the default one
  duration shutdown_time =
      seconds{5};  ///< how long its parent waits for its stop; `duration::max()`: for ever
  duration start_time = duration::max();  ///< how long its start may take before it counts as failed (L2)
  poison_policy poison = {};
  start_listener on_first_start = {};  ///< who wants to know how the first start went
  bool tell_parent = false;            ///< whether the parent's body hears of each start (supervisors do)
};

}  // namespace troupe
