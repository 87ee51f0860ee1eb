// Whether what a connection brings is best handled by the worker that has read it (inbound.hpp, IN22).
//
// Rules
//  RP1 It is while that takes about as long as reading it did: another worker would be awake, with what it needs in its cache, when it is over.
//  RP2 What has taken much longer once is left to all workers for some turns: it may have been something else that held it up, and it may not.
//
// Pure. Not thread-safe.
#pragma once

#include <troupe/base/units.hpp>

namespace troupe::detail {

/// See above.
class reading_pace {
 public:
  /// It was read from `begun` to `over`, and is about to be handled.
  void read(time_point begun, time_point over) noexcept {
    over_ = over;
    took_ = over - begun;
  }
  /// What was read before has been handled by `now`, if anything was.
  void handled(time_point now) noexcept {
    if (over_ == never) return;
    if (now - over_ > times_max * took_)
      among_others_ = turns_among_others;
    else if (among_others_ > 0)
      --among_others_;
    over_ = never;
  }
  /// Whether what is read now is to be handled by the same worker.
  bool alone() const noexcept { return among_others_ == 0; }

 private:
  static constexpr int times_max = 3;            // RP1
  static constexpr int turns_among_others = 16;  // RP2

  time_point over_ = never;
  duration took_{};
  int among_others_ = 0;
};

}  // namespace troupe::detail
