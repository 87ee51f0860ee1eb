#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <string>
#include <troupe/base/check.hpp>
#include <troupe/base/error.hpp>
#include <troupe/os/os_clock.hpp>
#include <troupe/os/os_driver.hpp>

namespace troupe::os {
namespace {

namespace asio = boost::asio;

// Callbacks run by one call at most, so that a worker gets back to its actors while others keep re-arming.
constexpr std::size_t steps_per_call_max = 256;

std::chrono::steady_clock::time_point to_steady(time_point t) {
  return std::chrono::steady_clock::time_point{t.time_since_epoch()};
}

}  // namespace

struct io_driver::core {
  // Hint 1: one thread runs it at a time (O1); posting and arming from other threads stays locked.
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  // Making a timer makes the epoll set now, so that a lack of descriptors shows in the constructor.
  asio::steady_timer alarm{io};
  time_point alarm_at = never;
  std::size_t ran = 0;
  bool interrupted = false;  // an interrupt that a `poll` met and kept for the next wait (O2)

  // Makes the io_context wake at `until` or before. One that is armed for earlier is left: it costs one empty
  // turn.
  void arm(time_point until) {
    if (alarm_at <= until && alarm_at > monotonic_now()) return;
    alarm_at = until;
    alarm.expires_at(to_steady(until));
    alarm.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled) alarm_at = never;
    });
  }
};

// An interrupt is the stopped state of the io_context: it is sticky, it wakes a thread that sleeps in epoll,
// and Asio makes the system call only if there is one. `restart` takes the same lock as `stop`, so what the
// interrupter wrote before is seen by the thread that consumes it.

io_driver::io_driver() {
  try {
    core_ = std::make_unique<core>();
  } catch (const boost::system::system_error& e) {
    throw failed{error{errc::io, std::string{"the I/O driver can't start: "} + e.what()}};
  }
}

io_driver::~io_driver() {
  core_.reset();
  // Acquire: pairs with the release in ~tenancy, the last use of this driver by a stream.
  check(tenants_.load(std::memory_order_acquire) == 0, "O4: a stream or an acceptor outlives its platform");
}

std::size_t io_driver::poll() {
  core_->ran = 0;
  if (core_->io.stopped()) {
    core_->interrupted = true;
    core_->io.restart();
  }
  run_ready();
  return core_->ran;
}

std::size_t io_driver::wait_until(time_point until) {
  auto& c = *core_;
  c.ran = 0;
  while (c.ran == 0 && !c.interrupted && !c.io.stopped()) {
    if (until == never) {
      c.io.run_one();
      continue;
    }
    if (monotonic_now() >= until) break;
    // Not `run_one_until`: Asio would wait for whole milliseconds, a second at most.
    c.arm(until);
    c.io.run_one();
  }
  // Consumed before the last look at what is ready: an interrupt during that look is kept for the next wait.
  c.interrupted = false;
  if (c.io.stopped()) c.io.restart();
  // To look for more costs a system call, and mostly there is nothing (O7).
  if (c.ran == 0) run_ready();
  return c.ran;
}

void io_driver::run_ready() {
  for (std::size_t i = 0; i < steps_per_call_max && core_->io.poll_one() != 0; ++i) {
  }
}

void io_driver::interrupt() noexcept { core_->io.stop(); }

asio::io_context& io_driver::context() noexcept { return core_->io; }

void io_driver::count_completion() noexcept { ++core_->ran; }

// Relaxed: the count alone matters while the driver lives; see ~tenancy for its end.
io_driver::tenancy::tenancy(io_driver& driver) noexcept : driver_(driver) {
  driver_.tenants_.fetch_add(1, std::memory_order_relaxed);
}

// Release: pairs with the acquire in ~io_driver.
io_driver::tenancy::~tenancy() { driver_.tenants_.fetch_sub(1, std::memory_order_release); }

}  // namespace troupe::os
