// A user's hold on a timer of an actor, and timers that go by a key.
#pragma once

#include <memory>
#include <string>
#include <troupe/actor/repeating.hpp>
#include <troupe/cell/cell.hpp>
#include <unordered_map>
#include <utility>

namespace troupe {

/// A timer of an actor. Cancelling is idempotent; a cancelled one never fires. Letting go of it changes nothing.
class timer_handle {
 public:
  timer_handle() = default;
  explicit timer_handle(cell_timer_ptr once) noexcept : once_(std::move(once)) {}
  explicit timer_handle(std::shared_ptr<detail::repeating> again) noexcept : again_(std::move(again)) {}

  /// Stops it, if it may still fire. In the actor's turn.
  void cancel() noexcept {
    if (once_) std::exchange(once_, nullptr)->cancel();
    if (again_) std::exchange(again_, nullptr)->cancel();
  }
  /// Whether it may still fire. In the actor's turn.
  bool is_active() const noexcept { return (once_ && !once_->over()) || (again_ && !again_->over()); }

 private:
  cell_timer_ptr once_;
  std::shared_ptr<detail::repeating> again_;
};

namespace detail {

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

}  // namespace detail
}  // namespace troupe
