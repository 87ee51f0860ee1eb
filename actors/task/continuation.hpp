// Where a suspended coroutine goes on, with the context it was suspended in (runtime/cell/context.hpp, CX1).
#pragma once

#include <coroutine>
#include <troupe/cell/context.hpp>
#include <utility>

namespace troupe::detail {

/// A coroutine that waits, or none. Used in its actor's turns only.
class continuation {
 public:
  continuation() = default;
  /// `waiting` is suspended in the context in force.
  continuation(std::coroutine_handle<> waiting) noexcept
      : waiting_(waiting), context_(turn_context::current()) {}

  /// Whether one waits.
  explicit operator bool() const noexcept { return static_cast<bool>(waiting_); }

  /// Lets it go on, once; does nothing when none waits.
  void resume() {
    if (const auto waiting = std::exchange(waiting_, nullptr)) {
      const context_scope inside{context_};
      waiting.resume();
    }
  }

 private:
  std::coroutine_handle<> waiting_;
  turn_context context_;
};

}  // namespace troupe::detail
