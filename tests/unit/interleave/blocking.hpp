// Things a thread waits for. On the machine a wait is a step that can't be taken yet; when nobody can take one,
// the run fails and says who waits for what.
#pragma once

#include "unit/interleave/machine.hpp"

namespace interleave {

/// As port::parker: one owner parks; an unpark that comes first is remembered, and several count as one. Both are
/// full fences, as the futex word's exchange is.
class model_parker {
 public:
  void park() noexcept { machine::current()->park(token_); }
  void unpark() noexcept { machine::current()->unpark(token_); }
  /// What a trace calls it.
  void name(std::string text) const { machine::current()->name(token_, std::move(text)); }

 private:
  cell token_{0};
};

/// As std::mutex.
class model_mutex {
 public:
  void lock() noexcept { machine::current()->lock(held_); }
  void unlock() noexcept { machine::current()->unlock(held_); }

 private:
  cell held_{0};
};

}  // namespace interleave
