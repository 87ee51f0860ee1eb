// A timer of an actor that fires again and again.
//
// Rules
//  TR1 At a fixed rate the n-th call is due n periods after the start. Calls that are late, because the actor was busy, are made up
//      for one after the other, so that their number is right.
//  TR2 With a fixed delay the next call is due that long after the end of the last one.
//  TR3 One call is under way at most: what waits is never more than one timer.
#pragma once

#include <functional>
#include <memory>
#include <troupe/cell/cell_timer.hpp>

namespace troupe::detail {

/// How a timer repeats.
enum class repetition : std::uint8_t { fixed_rate, fixed_delay };

/// Such a timer (TR1-TR3). Used in its actor's turns only.
class repeating : public std::enable_shared_from_this<repeating> {
 public:
  /// Calls `then` in the turns of `owner`, as long as it is not cancelled; `then` says whether to go on.
  repeating(cell& owner, duration period, repetition how, std::function<bool(cell&)> then);

  /// Arms it for the first time.
  void start();
  /// Never fires again.
  void cancel() noexcept;
  /// Whether it never fires again.
  bool over() const noexcept { return over_; }

 private:
  void arm(time_point due);
  void fire(cell& at);

  cell& owner_;
  const duration period_;
  const repetition how_;
  std::function<bool(cell&)> then_;
  bool runs_ = false;  // inside `then_`, which must stay whole until it returns
  bool over_ = false;
  time_point due_{};
  cell_timer_ptr armed_;
};

}  // namespace troupe::detail
