// The settings of cells as these share them.
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
#include <mutex>
#include <troupe/cell/settings.hpp>
#include <troupe/engine/message_type.hpp>

namespace troupe {

class environment;

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

  /// The message type with that wire hash that an actor class in the table accepts; null: none does. A search, for people's sake.
  const message_type* find_message(std::uint64_t hash) const noexcept;

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
