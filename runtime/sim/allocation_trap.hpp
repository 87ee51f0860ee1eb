// Failing allocations, for programs whose operator new asks here.
//
//     void* operator new(std::size_t bytes) {
//       if (troupe::sim::allocations_are_watched() && is_a_handlers_own() && troupe::sim::allocation_fails())
//         troupe::sim::fail_allocation();                                     // throws std::bad_alloc
//       ...
//     }
//
// Rules
//  AT1 Nothing is watched but while a trap is set, which whoever injects faults does around a handler; and not what the trap itself
//      allocates. Each thread has its own.
//  AT2 Only a program's own operator new can know whether an allocation is a handler's own (tests/sim/failing_new.cpp looks at the stack) or
//      one that the runtime makes for it. The latter is not offered here: its noexcept functions could do nothing but end the process.
//  AT3 Which allocation fails follows from how many have been offered: it depends on the seed and the program (D1).
#pragma once

#include <new>
#include <string>

namespace troupe::sim {

/// Says which of the allocations that are offered to it fail. On one thread.
class allocation_trap {
 public:
  /// Whether this one does. It may allocate: that is not offered.
  virtual bool fails() = 0;
  /// What makes the last one that failed fail, in one line. Asked right after it.
  virtual std::string cause() const = 0;

 protected:
  ~allocation_trap() = default;
};

/// What a failing allocation throws: says that it was injected, and by what.
class injected_bad_alloc final : public std::bad_alloc {
 public:
  /// `by`: what did it, in one line; cut to what fits.
  explicit injected_bad_alloc(const std::string& by) noexcept;
  const char* what() const noexcept override { return text_; }

 private:
  char text_[256] = {};  // no memory is asked for when there is none
};

/// Sets `trap` for this thread, null: none, and returns the one before (AT1).
allocation_trap* set_allocation_trap(allocation_trap* trap) noexcept;

/// Whether a trap is set: to be asked first, it costs next to nothing. For operator new.
bool allocations_are_watched() noexcept;
/// Offers an allocation; whether it fails. For operator new.
bool allocation_fails() noexcept;
/// Throws `injected_bad_alloc`. For operator new.
[[noreturn]] void fail_allocation();

/// Whether this program's operator new asks at all: tries it once.
bool can_fail_allocations();

}  // namespace troupe::sim
