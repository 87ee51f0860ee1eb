// What travels in the system lane of a cell (M9): a piece of work for the cell's own turn.
#pragma once

#include <utility>

namespace troupe {

class cell;

/// A signal. Delivered once, in the receiving cell's turn, in the order sent; or dropped when the cell is
/// gone.
class signal {
 public:
  virtual ~signal() = default;

  /// Does its work in the cell's turn. Called once.
  virtual void deliver(cell& at) = 0;

  /// Gives its memory back, after `deliver` or instead of it.
  virtual void dispose() noexcept { delete this; }

  /// Link of the lane it is in. Belongs to the lane.
  signal* next = nullptr;
};

/// A signal made of a function object that takes `cell&`.
template <class F>
class function_signal final : public signal {
 public:
  explicit function_signal(F f) : f_(std::move(f)) {}
  void deliver(cell& at) override { f_(at); }

 private:
  F f_;
};

}  // namespace troupe
