// What a suspended handler waits for: the edges of who waits for whom, each kept by the cell at its beginning (M7).
//
// Rules
//  HW1 Used in the cell's turns only. A coroutine waits at one place at a time, so a handler waits for one slot at most; what is none
//      (a pause, work elsewhere, an awaiter of a user's own) is not noted.
//  HW2 An any-of wait notes nothing: the slots that its requests carry are nobody's wait (docs/decisions/0012-ask-cycles.md).
#pragma once

#include <cstdint>
#include <troupe/engine/reply_slot.hpp>

namespace troupe {

class cell;
class awaited_slot;

/// The wait of one handler, or of a start that is a coroutine. Lives in its coroutine's frame.
class handler_wait {
 public:
  /// Of the handler of a message of that type; null: of a start.
  explicit handler_wait(const message_type* handles) noexcept : handles_(handles) {}
  handler_wait(const handler_wait&) = delete;
  handler_wait& operator=(const handler_wait&) = delete;
  inline ~handler_wait();

  /// The slot it waits for now; null when it is for none.
  awaited_slot* on() const noexcept { return on_; }
  /// The number of this wait, given when it is first asked for: unique in its cell, in order. In the turn of `at`.
  std::uint64_t number(cell& at) const noexcept;
  /// What it handles; null: it is a start.
  const message_type* handles() const noexcept { return handles_; }

 private:
  friend awaited_slot;

  awaited_slot* on_ = nullptr;
  mutable std::uint64_t number_ = 0;  // 0: nobody has asked
  const message_type* const handles_;
};

/// A slot that a handler can wait for.
class awaited_slot : public engine::reply_slot {
 public:
  using engine::reply_slot::reply_slot;

  /// The handler with the wait `by` waits for the outcome now, in the turn of `at`: null for a coroutine that answers nobody and lets
  /// others in, for which nobody waits.
  void wait_begins(handler_wait* by, cell& at) noexcept {
    if (!by) return;
    by_ = by;
    by->on_ = this;
    by->number_ = 0;
    // An ask that has just left is nowhere yet. Where it is found waiting already nobody will look later (CY2).
    if (has_word()) [[unlikely]]
      look_for_cycle(at);
  }
  /// It does not any more. Does nothing when it did not.
  void wait_ends() noexcept {
    if (!by_) return;
    by_->on_ = nullptr;
    by_ = nullptr;
  }

 private:
  friend handler_wait;

  void look_for_cycle(cell& at) noexcept;

  handler_wait* by_ = nullptr;
};

/// Lets go of the slot it waits for.
inline handler_wait::~handler_wait() {
  if (on_) on_->by_ = nullptr;  // a task that a user keeps may outlive the handler that awaited it
}

}  // namespace troupe
