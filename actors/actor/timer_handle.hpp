// A user's hold on a timer of an actor.
#pragma once

#include <memory>
#include <troupe/cell/cell_timer.hpp>
#include <utility>

namespace troupe {

namespace detail {
class repeating;
}  // namespace detail

/// A timer of an actor. Cancelling is idempotent; a cancelled one never fires. Letting go of it changes nothing.
class timer_handle {
 public:
  timer_handle() = default;
  explicit timer_handle(cell_timer_ptr once) noexcept : once_(std::move(once)) {}
  explicit timer_handle(std::shared_ptr<detail::repeating> again) noexcept : again_(std::move(again)) {}

  /// Stops it, if it may still fire. In the actor's turn.
  void cancel() noexcept;
  /// Whether it may still fire. In the actor's turn.
  bool is_active() const noexcept;

 private:
  cell_timer_ptr once_;
  std::shared_ptr<detail::repeating> again_;
};

}  // namespace troupe
