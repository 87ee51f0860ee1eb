// `co_await sleep(100ms)` inside an actor: its coroutine goes on in a later turn, and nobody's thread waits.
#pragma once

#include <coroutine>
#include <troupe/cell/cell.hpp>
#include <troupe/task/continuation.hpp>
#include <utility>

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
  void await_suspend(std::coroutine_handle<> awaiting) {
    after_ = awaiting;
    timer_ = cell_timer::start(owner_, owner_.env().from_now(how_long_), [this](cell& at) {
      if (at.runs_tasks()) after_.resume();  // a failed actor's coroutines only wait for their end (L6)
    });
  }
  void await_resume() noexcept { timer_ = nullptr; }

 private:
  cell& owner_;
  const duration how_long_;
  cell_timer_ptr timer_;
  detail::continuation after_;
};

}  // namespace troupe
