// What a handler passes on to those it asks and tells without saying so: the deadline of the request it works on, and the trace it
// belongs to (M6).
//
// Rules
//  CX1 A message's context holds while its handler runs, and again whenever its coroutine goes on: whatever resumes a coroutine
//      keeps the context it was suspended in.
//  CX2 An ask made in a context ends with it at the latest. A tell has no deadline of its own and takes none over: nobody waits
//      for it.
//  CX3 A trace is taken over by asks and by tells (observe/trace_context.hpp, TC1). The context points to it: to a copy on the stack of
//      whoever put it in force, or in what keeps it across a wait.
//  CX4 A cell that runs in a trace is marked, so that a send looks at one byte of the sender for all that is rare about sending.
#pragma once

#include <optional>
#include <troupe/base/units.hpp>
#include <troupe/observe/trace_context.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

/// What is passed on.
struct turn_context {
  time_point deadline = never;           ///< of the request that is worked on
  const trace_context* trace = nullptr;  ///< what it belongs to; null: to none (CX3)

  /// That of the code that runs now on this thread.
  static turn_context current() noexcept;
};

/// Puts a context in force for as long as it lives. Belongs to one thread; not for a coroutine's frame.
class context_scope {
 public:
  explicit context_scope(turn_context c) noexcept
      : deadline_before_(std::exchange(current_.deadline, c.deadline)), trace_before_(current_.trace) {
    if (c.trace != trace_before_) [[unlikely]]
      change_trace(c.trace);
  }
  ~context_scope() {
    current_.deadline = deadline_before_;
    if (current_.trace != trace_before_) [[unlikely]]
      change_trace(trace_before_);
  }
  context_scope(const context_scope&) = delete;
  context_scope& operator=(const context_scope&) = delete;

 private:
  friend turn_context;
  static void change_trace(const trace_context* to) noexcept;  // and the mark (CX4)
  static constinit thread_local turn_context current_;
  time_point deadline_before_;
  const trace_context* trace_before_;
};

inline turn_context turn_context::current() noexcept { return context_scope::current_; }

/// The trace of the code that runs now: of the message whose handler it is, or that of `with_trace`. Thread-safe.
inline std::optional<trace_context> current_trace() noexcept {
  const trace_context* const t = turn_context::current().trace;
  return t ? std::optional{*t} : std::nullopt;
}

/// Runs `f()` in the trace `t`, and returns what it returns: what it sends and asks belongs to the trace (TC1). On any thread. Not for a
/// coroutine: `f` begins asks in the trace and returns them, who awaits them is outside of it.
template <class F>
decltype(auto) with_trace(const trace_context& t, F&& f) {
  using returned = std::remove_cvref_t<std::invoke_result_t<F&&>>;
  static_assert(
      !requires { typename returned::promise_type; },
      "troupe: with_trace runs a function that is no coroutine: a task would go on outside of the trace");
  const trace_context mine = t;
  const context_scope inside{{turn_context::current().deadline, t ? &mine : nullptr}};
  return std::forward<F>(f)();
}

}  // namespace troupe
