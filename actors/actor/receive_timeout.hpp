// Notices that an actor has had no message for a while.
//
//  RV1 The time runs from the turn of the last user message, or from when it was set. While messages come it costs a reading of the
//      clock a turn, and a timer once a period: nothing is armed anew for a message.
#pragma once

#include <cstdint>
#include <functional>
#include <troupe/cell/cell_timer.hpp>

namespace troupe::detail {

/// See above. Used in the actor's turns only.
class receive_timeout {
 public:
  receive_timeout() = default;
  receive_timeout(const receive_timeout&) = delete;
  receive_timeout& operator=(const receive_timeout&) = delete;
  ~receive_timeout() { clear(); }

  /// From now on `then` is called whenever `owner` has had no message for `how_long`, again after each such time.
  void set(cell& owner, duration how_long, std::function<void(cell&)> then);
  /// No longer.
  void clear() noexcept;
  /// A message has been handled.
  void received(cell& owner) noexcept;

 private:
  void arm(cell& owner, time_point due);
  void look(cell& owner);

  duration how_long_{};
  time_point last_{};
  std::function<void(cell&)> then_;
  cell_timer_ptr timer_;
};

}  // namespace troupe::detail
