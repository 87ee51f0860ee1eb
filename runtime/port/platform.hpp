// One complete set of ports. A system is built on exactly one platform.
#pragma once

#include <cstddef>
#include <memory>
#include <troupe/port/clock.hpp>
#include <troupe/port/entropy.hpp>
#include <troupe/port/files.hpp>
#include <troupe/port/park.hpp>
#include <troupe/port/process.hpp>
#include <troupe/port/stepper.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::port {

/// The ports a system runs on. The references stay valid for the platform's life; all are thread-safe as
/// their own headers say.
class platform {
 public:
  virtual ~platform() = default;

  /// The clock.
  virtual port::clock& clock() noexcept = 0;
  /// The source of random numbers.
  virtual port::entropy& entropy() noexcept = 0;
  /// The I/O driver.
  virtual port::driver& driver() noexcept = 0;
  /// Streams.
  virtual port::transport& transport() noexcept = 0;
  /// Files.
  virtual port::files& files() noexcept = 0;
  /// Child processes and signals.
  virtual port::process& process() noexcept = 0;

  /// Who decides what happens next, where it is not threads; null: it is (stepper.hpp).
  virtual port::stepper* stepper() noexcept { return nullptr; }

  /// Has the process keep about so many bytes that it has freed, of each of its heaps, instead of giving them back to the operating system
  /// and asking for them again (memory.hpp of os). For the whole process; the largest number that was given counts.
  virtual void keep_freed_memory(std::size_t) noexcept {}

  /// A new parking spot for one thread. Never asked for where there is a stepper.
  virtual std::unique_ptr<parker> make_parker() = 0;
};

}  // namespace troupe::port
