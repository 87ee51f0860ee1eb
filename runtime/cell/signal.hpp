// What travels in the system lane of a cell (M9): a piece of work for the cell's own turn.
#pragma once

#include <troupe/engine/block_pool.hpp>
#include <utility>

namespace troupe {

class cell;

/// A signal. Delivered once, in the receiving cell's turn, in the order sent; or refused when the cell is gone.
class signal {
 public:
  virtual ~signal() = default;
  /// Signals live in blocks of the pool.
  static void* operator new(std::size_t bytes) { return engine::allocate_bytes(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { engine::free_bytes(memory, bytes); }

  /// Does its work in the cell's turn. Called once.
  virtual void deliver(cell& at) = 0;

  /// The cell has stopped for good and will have no more turns. Called instead of `deliver`, on any thread; may look at
  /// what a stopped cell does not change any more (C5). By default nothing happens.
  virtual void refused(cell&) noexcept {}

  /// Gives its memory back, after `deliver` or `refused`.
  virtual void dispose() noexcept { delete this; }

  /// Link of the lane it is in. Belongs to the lane.
  signal* next = nullptr;
};

/// What a signal does by default when its cell is gone: nothing.
struct ignore_signal {
  void operator()(cell&) const noexcept {}
};

/// A signal made of function objects that take `cell&`: one for its turn, one for when it is gone.
template <class F, class Gone = ignore_signal>
class function_signal final : public signal {
 public:
  explicit function_signal(F f, Gone gone = {}) : f_(std::move(f)), gone_(std::move(gone)) {}
  void deliver(cell& at) override { f_(at); }
  void refused(cell& at) noexcept override { gone_(at); }

 private:
  F f_;
  [[no_unique_address]] Gone gone_;
};

}  // namespace troupe
