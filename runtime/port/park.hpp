// How an idle worker waits: on its own parking spot, or, one worker at a time, inside the I/O driver
// (docs/rules.md, "Seams").
#pragma once

#include <cstddef>
#include <troupe/base/units.hpp>

namespace troupe::port {

/// One thread's parking spot. `park` is for its owner, `unpark` for anyone. An `unpark` that comes first is
/// remembered: the next `park` returns at once. Several unparks before a park count as one.
class parker {
 public:
  virtual ~parker() = default;

  /// Waits for an `unpark`.
  virtual void park() noexcept = 0;

  /// Waits for an `unpark` or until `until`, whichever is first. Returns whether it was an `unpark`.
  virtual bool park_until(time_point until) noexcept = 0;

  /// Lets the owner go on. Thread-safe.
  virtual void unpark() noexcept = 0;
};

/// The place where socket completions come from. `poll` and `wait_until` are called by one thread at a time
/// (the scheduler sees to that); completions run inside them, on the calling worker.
class driver {
 public:
  virtual ~driver() = default;

  /// Runs what is ready, without waiting. Returns the number of completions run.
  virtual std::size_t poll() = 0;

  /// Waits until something is ready, `interrupt` is called, or `until` has come; runs what is ready, or some
  /// of it: then the next call does not wait.
  virtual std::size_t wait_until(time_point until) = 0;

  /// Makes a `wait_until` under way, or else the next one, return. Thread-safe.
  virtual void interrupt() noexcept = 0;
};

}  // namespace troupe::port
