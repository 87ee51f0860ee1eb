// What a handler passes on to those it asks without saying so: the deadline of the request it works on (M6).
//
// Rules
//  CX1 A message's context holds while its handler runs, and again whenever its coroutine goes on: whatever resumes a coroutine
//      keeps the context it was suspended in.
//  CX2 An ask made in a context ends with it at the latest. A tell has no deadline of its own and takes none over: nobody waits
//      for it.
#pragma once

#include <algorithm>
#include <troupe/base/units.hpp>
#include <utility>

namespace troupe {

/// What is passed on.
struct turn_context {
  time_point deadline = never;  ///< of the request that is worked on

  /// That of the code that runs now on this thread.
  static turn_context current() noexcept;
};

/// Puts a context in force for as long as it lives. Belongs to one thread; not for a coroutine's frame.
class context_scope {
 public:
  explicit context_scope(turn_context c) noexcept : before_(std::exchange(current_, c)) {}
  ~context_scope() { current_ = before_; }
  context_scope(const context_scope&) = delete;
  context_scope& operator=(const context_scope&) = delete;

 private:
  friend turn_context;
  static constinit thread_local turn_context current_;
  turn_context before_;
};

inline turn_context turn_context::current() noexcept { return context_scope::current_; }

}  // namespace troupe
