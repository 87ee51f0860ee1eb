// Where a suspended coroutine goes on, with the context it was suspended in (runtime/cell/context.hpp, CX1).
#pragma once

#include <coroutine>
#include <memory>
#include <troupe/cell/context.hpp>
#include <utility>

namespace troupe::detail {

/// A coroutine that waits, or none. Used in its actor's turns only.
class continuation {
 public:
  continuation() = default;
  /// `waiting` is suspended in the context in force.
  continuation(std::coroutine_handle<> waiting)
      : waiting_(waiting), deadline_(turn_context::current().deadline) {
    if (const trace_context* const t = turn_context::current().trace) [[unlikely]]
      trace_ = std::make_unique<const trace_context>(*t);
  }

  /// Whether one waits.
  explicit operator bool() const noexcept { return static_cast<bool>(waiting_); }

  /// Lets it go on, once; does nothing when none waits.
  void resume() {
    if (const auto waiting = std::exchange(waiting_, nullptr)) {
      const auto trace = std::move(trace_);  // what resumes may end this object
      const context_scope inside{{deadline_, trace.get()}};
      waiting.resume();
    }
  }

 private:
  std::coroutine_handle<> waiting_;
  time_point deadline_ = never;
  std::unique_ptr<const trace_context> trace_;  // null: none, as nearly always
};

}  // namespace troupe::detail
