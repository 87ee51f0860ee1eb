// A hierarchical timing wheel: arm and cancel in O(1).
// Source: Varghese and Lauck, Hashed and Hierarchical Timing Wheels (1987), scheme 7.
//
// Rules
//  W1 Level l has 64 slots of 64^l ticks; a timer sits on the lowest level whose span covers the time it has
//     left, and moves down when its slot comes. What is further away than all levels waits in a list that is
//     placed again when the whole wheel has turned once (2.2 years of milliseconds).
//  W2 A timer never fires before its time; it fires at the first tick at or after it.
//  W3 Within a tick, timers fire in the order they were armed or moved there. (D1: never by address.)
//  W4 A node is linked (armed) or not; only `arm`, `cancel` and `expire` change that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <troupe/base/units.hpp>
#include <troupe/engine/timer.hpp>

namespace troupe::engine {

/// The wheel. Not thread-safe.
class timer_wheel {
 public:
  /// `start` is tick 0. Ticks are `tick` long.
  explicit timer_wheel(time_point start, duration tick = std::chrono::milliseconds{1});

  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;

  /// Arms `node` for `due`. REQUIRES: it is not armed.
  void arm(timer_node& node, time_point due) noexcept;

  /// Takes `node` out. Returns whether it was armed.
  bool cancel(timer_node& node) noexcept;

  /// Takes out one timer that is due at `now`, null when there is none. Call until null.
  timer_node* expire(time_point now) noexcept;

  /// The earliest point at which `expire` may have something to do (a timer or a move between levels);
  /// `never` when nothing is armed.
  time_point next_due() const noexcept;

  /// Timers armed.
  std::size_t size() const noexcept { return size_; }

 private:
  static constexpr unsigned levels = 6;
  static constexpr unsigned slots = 64;
  static constexpr std::uint64_t turn_mask = (std::uint64_t{1} << (6 * levels)) - 1;

  std::uint64_t tick_at_or_after(time_point t) const noexcept;
  void place(timer_node& node) noexcept;
  void place_again(timer_node& head) noexcept;
  void link(timer_node& head, timer_node& node) noexcept;
  void unlink(timer_node& node) noexcept;
  std::uint64_t next_tick() const noexcept;

  time_point start_;
  duration tick_;
  std::uint64_t current_ = 0;  // every timer with due_tick <= current_ is in ready_ or gone
  std::size_t size_ = 0;
  timer_node ready_;
  timer_node far_;
  std::array<timer_node, levels * slots> heads_;
  std::array<std::uint64_t, levels> occupied_{};  // a bit for each non-empty slot
};

}  // namespace troupe::engine
