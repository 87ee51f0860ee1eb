// What a cell is told about itself when it is spawned and that never changes: the same for many cells, so they share it.
//
// Rules
//  ST1 Equal settings of one system are one object, for as long as the table has room: so many differing settings are made by
//      a program that computes them, and each of its cells has its own. So has a cell with a thread of its own, whose
//      dispatcher is nobody else's and goes with it.
//  ST2 A lookup that finds takes no lock. Settings in the table live as long as their environment.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <troupe/base/mailbox_choice.hpp>
#include <troupe/base/units.hpp>
#include <troupe/cell/body.hpp>
#include <troupe/engine/runnable.hpp>

namespace troupe {

class environment;

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

/// Settings as cells hold them.
class shared_settings : public cell_settings {
 public:
  shared_settings(environment& env, const cell_settings& s, bool in_table) noexcept
      : cell_settings(s), env_(env), in_table_(in_table) {}

  /// The system they belong to.
  environment& env() const noexcept { return env_; }
  /// The one cell that has them is gone; does nothing for those in the table (ST1).
  void release() const noexcept {
    if (!in_table_) delete this;
  }

 private:
  environment& env_;
  const bool in_table_;
};

/// The settings of a system (ST1, ST2). Thread-safe.
class settings_table {
 public:
  explicit settings_table(environment& env) noexcept : env_(env) {}
  ~settings_table();
  settings_table(const settings_table&) = delete;
  settings_table& operator=(const settings_table&) = delete;

  /// The shared form of `wanted`; `alone`: settings that no other cell will ever have.
  const shared_settings& of(const cell_settings& wanted, bool alone = false);

 private:
  static constexpr std::size_t places = 1024;  // a power of two
  static constexpr std::size_t used_max = places * 3 / 4;

  environment& env_;
  std::mutex adding_;
  std::size_t used_ = 0;  // guarded by adding_
  // Linear probing; a place that is taken stays so. release and acquire pair with each other: what is found is complete.
  std::array<std::atomic<const shared_settings*>, places> table_{};
};

}  // namespace troupe
