// Timers that go by a key.
#pragma once

#include <cstddef>
#include <string>
#include <troupe/actor/timer_handle.hpp>
#include <unordered_map>

namespace troupe::detail {

/// Timers by key: one a key. Used in the actor's turns only.
class keyed_timers {
 public:
  /// `timer` takes the place of the one that has `key`, which never fires (any more).
  void set(std::string key, timer_handle timer);
  /// The one with `key` never fires; whether there was one that might have.
  bool cancel(const std::string& key) noexcept;
  /// Whether the one with `key` may still fire.
  bool is_active(const std::string& key) const noexcept;
  /// None fires any more.
  void cancel_all() noexcept;

 private:
  std::unordered_map<std::string, timer_handle> by_key_;
  std::size_t swept_ = 0;  // how many were left at the last sweep
};

}  // namespace troupe::detail
