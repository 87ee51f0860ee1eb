// `co_await sleep(100ms)` inside an actor: its coroutine goes on in a later turn, and nobody's thread waits.
#pragma once

#include <coroutine>
#include <troupe/cell/cell_timer.hpp>
#include <troupe/task/continuation.hpp>

namespace troupe {

/// A pause of a coroutine. It begins when it is awaited; destroying the frame ends it (L6). Belongs to its actor.
class [[nodiscard]] sleeping {
 public:
  sleeping(cell& owner, duration how_long) noexcept : owner_(owner), how_long_(how_long) {}
  sleeping(const sleeping&) = delete;
  sleeping& operator=(const sleeping&) = delete;
  ~sleeping() {
    if (timer_) timer_->cancel();
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting);
  void await_resume() noexcept { timer_ = nullptr; }

 private:
  cell& owner_;
  const duration how_long_;
  cell_timer_ptr timer_;
  detail::continuation after_;
};

}  // namespace troupe
