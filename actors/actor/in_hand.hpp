// The message that a handler is running, for what a handler may do with it besides answering: answer later (promise.hpp), let
// somebody else answer (delegate.hpp), put it aside (stash.hpp). The dispatch notes it for those handlers alone whose class or
// return type says so, and for `on_unknown`, so that all others pay nothing.
#pragma once

#include <troupe/cell/delivery.hpp>
#include <utility>

namespace troupe {
class actor_base;
}  // namespace troupe

namespace troupe::detail {

/// Notes a message as the one in hand for as long as it lives. Belongs to one thread.
class message_in_hand {
 public:
  explicit message_in_hand(delivery& d) noexcept : before_(std::exchange(current_, &d)) {}
  ~message_in_hand() { current_ = before_; }
  message_in_hand(const message_in_hand&) = delete;
  message_in_hand& operator=(const message_in_hand&) = delete;

  /// The message in hand. Throws `failed` with `invalid` and the text `misuse` when there is none.
  static delivery& current(const char* misuse);

 private:
  static constinit thread_local delivery* current_;
  delivery* before_;
};

/// Has `a` deal with `d`, a message that it does not know, which is in hand meanwhile. Apart from the dispatch, which saves no registers for it
/// then.
void run_fallback(actor_base& a, delivery& d);

}  // namespace troupe::detail
