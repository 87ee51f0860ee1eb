// Data that is no atomic, under watch: two threads that use it without one happening before the other end the run
// (IM6), as does its use in a block that was freed.
#pragma once

#include "unit/interleave/machine.hpp"

namespace interleave {

/// A `T` that is used as one: read by conversion, written by assignment. Outside of a run it is just that.
template <class T>
class model_plain {
 public:
  model_plain() : model_plain(T{}) {}
  model_plain(T value) : value_(value) {  // NOLINT: as T
    if (machine* const m = machine::current()) m->enter(seen_, this);
  }
  model_plain(const model_plain& other) : model_plain(static_cast<T>(other)) {}
  model_plain& operator=(const model_plain& other) { return *this = static_cast<T>(other); }
  /// Destroying is a write: nobody else may still be reading.
  ~model_plain() {
    if (machine* const m = machine::current()) m->writes(seen_);
  }

  operator T() const {  // NOLINT: as T
    if (machine* const m = machine::current()) m->reads(seen_);
    return value_;
  }
  model_plain& operator=(T value) {
    if (machine* const m = machine::current()) m->writes(seen_);
    value_ = value;
    return *this;
  }
  T operator->() const { return static_cast<T>(*this); }

 private:
  T value_;
  mutable footprints seen_;
};

}  // namespace interleave
