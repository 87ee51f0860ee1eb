// Something that happens once, later. The service that makes it happen is in timers.hpp.
#pragma once

#include <cstdint>

namespace troupe::engine {

/// One timer's place in a wheel (timer_wheel.hpp), embedded in what it belongs to. Not copyable; must not be destroyed while armed.
struct timer_node {
  timer_node* wheel_previous = nullptr;
  timer_node* wheel_next = nullptr;  ///< null: not armed
  std::uint64_t due_tick = 0;
  std::uint16_t wheel_slot = 0;  ///< level * 64 + slot, while armed
  /// Whether it is in a wheel.
  bool armed() const noexcept { return wheel_next != nullptr; }
};

/// Something that happens once, later. Derive, count references (timers.hpp, TM1).
class timer : public timer_node {
 public:
  /// The time has come (TM3).
  virtual void fired() noexcept = 0;
  /// One more reference.
  virtual void timer_add_ref() noexcept = 0;
  /// One reference less.
  virtual void timer_release() noexcept = 0;

 protected:
  ~timer() = default;
};

}  // namespace troupe::engine
