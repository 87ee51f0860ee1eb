// The I/O driver: one io_context, turned by whichever worker is idle. Everything of the transport completes
// inside it.
//
// Rules of the platform
//  O1 `poll` and `wait_until` are called by one thread at a time, with happens-before between two of them.
//     All else, `interrupt` and the streams' functions, may run on other threads meanwhile.
//  O2 An `interrupt` is kept until a `wait_until` has returned because of it. A `poll` in between does not
//     consume it; several before one wait count as one. It wakes a thread that sleeps in the driver with one
//     system call (a futex, or epoll_ctl where others write to an eventfd) and makes none when nobody sleeps there.
//  O3 Destroying the platform destroys outstanding callbacks un-run. Whatever they have captured is destroyed
//     with them, on the destroying thread.
//  O4 Streams and acceptors are destroyed before their platform, or by O3 with it. One that lives on is an
//     abort.
//  O5 The number returned by `poll` and `wait_until` counts the caller's own callbacks, never an interrupt
//     nor an inner step of a connect.
//  O6 A `wait_until` without a callback, an interrupt or the time reached does not return; while it sleeps it
//     uses no CPU.
//  O7 A `wait_until` that was ended by a callback has run that one; what else is ready is the next call's, without waiting.
//  O8 While no callback is to come (no errand is under way) nothing is asked of the operating system's I/O: a `poll` does nothing, and a
//     `wait_until` waits on a parking spot, which is quicker to wake. Who begins the first errand sends the waiting thread to the sockets.
//     Announcing where one waits and looking for errands and interrupts are seq_cst on both sides, so one of two sees the other.
//  O9 A wait for callbacks spins for some microseconds before it sleeps, where that has paid lately (adaptive_spin.hpp), unless told not to.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <troupe/os/adaptive_spin.hpp>
#include <troupe/port/park.hpp>
#include <utility>

namespace boost::asio {
class io_context;
}

namespace troupe::os {

class name_lookups;

/// The driver on an io_context. Its own functions are as thread-safe as `port::driver` says.
class io_driver final : public port::driver {
 public:
  /// Throws `failed` with `errc::io` when the operating system has no file descriptors left. `spins`: see O9.
  explicit io_driver(bool spins = true);
  /// Destroys outstanding callbacks un-run (O3).
  ~io_driver() override;

  io_driver(const io_driver&) = delete;
  io_driver& operator=(const io_driver&) = delete;

  std::size_t poll() override;
  std::size_t wait_until(time_point until) override;
  void interrupt() noexcept override;

  /// The io_context, for the transport. Never run or stopped by anyone but the driver.
  boost::asio::io_context& context() noexcept;

  /// Looks names of hosts up, for the transport.
  name_lookups& names() noexcept;

  /// Counts one callback (O5). Called inside the driver, just before the callback runs.
  void count_completion() noexcept;

  /// A callback that is to come (O8): begun before Asio is told of it, over when it has run or will not any more. Movable; thread-safe as an
  /// int.
  class errand {
   public:
    /// Begins.
    explicit errand(io_driver& driver) noexcept : driver_(&driver) { driver.begin_errand(); }
    errand(errand&& other) noexcept : driver_(std::exchange(other.driver_, nullptr)) {}
    errand& operator=(errand&&) = delete;
    ~errand() {
      if (driver_) driver_->end_errand();
    }

   private:
    io_driver* driver_;
  };

  /// One open stream or acceptor, so that the driver can tell who outlives it (O4). Thread-safe.
  class tenancy {
   public:
    /// Registers with `driver`.
    explicit tenancy(io_driver& driver) noexcept;
    ~tenancy();
    tenancy(const tenancy&) = delete;
    tenancy& operator=(const tenancy&) = delete;

   private:
    io_driver& driver_;
  };

 private:
  struct core;
  enum class place : std::uint8_t { elsewhere, spot, context };

  void begin_errand() noexcept;
  void end_errand() noexcept;
  void run_ready();
  void spin(time_point began, time_point until);
  void sleep_until(time_point until);
  void wait_for_callbacks(time_point until);

  std::atomic<std::size_t> tenants_{0};
  std::atomic<std::size_t> errands_{0};
  std::atomic<place> waits_at_{place::elsewhere};
  std::atomic<bool> interrupted_{false};
  const bool spins_;
  adaptive_spin spin_;
  std::unique_ptr<port::parker> spot_;
  std::unique_ptr<core> core_;
};

}  // namespace troupe::os
