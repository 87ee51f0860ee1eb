#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <string>
#include <thread>
#include <troupe/base/check.hpp>
#include <troupe/base/error.hpp>
#include <troupe/os/os_clock.hpp>
#include <troupe/os/os_driver.hpp>
#include <troupe/os/os_lookup.hpp>
#include <troupe/os/os_park.hpp>

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
  name_lookups names{io};
  time_point alarm_at = never;
  std::size_t ran = 0;

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

io_driver::io_driver(bool spins) : spins_(spins), spot_(make_parker()) {
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
  run_ready();
  return core_->ran;
}

// An interrupt is a flag, and what ends the wait beside it: a notification of the spot, or the stopped state of the io_context, which
// wakes a thread that sleeps in epoll; Asio makes the system call only if there is one. Either may come late, to a wait that is not meant: then the
// flag is down, and the wait goes on.
std::size_t io_driver::wait_until(time_point until) {
  core_->ran = 0;
  // relaxed: a first errand that is not seen is the wait's to notice.
  if (!spins_ || errands_.load(std::memory_order_relaxed) == 0) {
    sleep_until(until);
  } else {
    const time_point began = monotonic_now();
    const bool spins = spin_.is_worth_it();
    if (spins) spin(began, until);
    if (core_->ran == 0) sleep_until(until);
    spin_.waited(monotonic_now() - began, spins);
  }
  // Consumed before the last look at what is ready: an interrupt during that look is kept for the next wait. Acquire: pairs with the
  // store in `interrupt`; what was written before it is seen now.
  interrupted_.exchange(false, std::memory_order_acquire);
  // To look for more costs a system call, and mostly there is nothing (O7).
  if (core_->ran == 0) run_ready();
  return core_->ran;
}

// O9. An interrupt meanwhile finds nobody asleep and costs its sender nothing.
void io_driver::spin(time_point began, time_point until) {
  adaptive_spin::looks looks{spin_, began};
  for (int look = 0;; ++look) {
    if (look % adaptive_spin::looks_a_yield == 0) std::this_thread::yield();
    const time_point now = monotonic_now();
    if (now >= until || !looks.once_more(now)) return;
    run_ready();
    // relaxed: the wait looks again, properly.
    if (core_->ran != 0 || interrupted_.load(std::memory_order_relaxed)) return;
  }
}

void io_driver::sleep_until(time_point until) {
  auto& c = *core_;
  while (c.ran == 0) {
    const bool is_quiet = errands_.load(std::memory_order_relaxed) == 0;
    waits_at_.store(is_quiet ? place::spot : place::context, std::memory_order_seq_cst);
    // O8: announced; look once more.
    if (interrupted_.load(std::memory_order_seq_cst)) break;
    if (is_quiet && errands_.load(std::memory_order_seq_cst) != 0) continue;
    if (until != never && monotonic_now() >= until) break;
    if (!is_quiet)
      wait_for_callbacks(until);
    else if (until == never)
      spot_->park();
    else
      spot_->park_until(until);
  }
  waits_at_.store(place::elsewhere, std::memory_order_relaxed);
}

// Not `run_one_until`: Asio would wait for whole milliseconds, a second at most.
void io_driver::wait_for_callbacks(time_point until) {
  auto& c = *core_;
  if (until != never) c.arm(until);
  c.io.run_one();
  if (c.io.stopped()) c.io.restart();
}

void io_driver::run_ready() {
  // relaxed: an errand that is not seen has just begun, and is the next look's.
  if (errands_.load(std::memory_order_relaxed) == 0) return;
  if (core_->io.stopped()) core_->io.restart();  // by an interrupt that came late
  for (std::size_t i = 0; i < steps_per_call_max && core_->io.poll_one() != 0; ++i) {
  }
}

void io_driver::interrupt() noexcept {
  interrupted_.store(true, std::memory_order_seq_cst);
  switch (waits_at_.load(std::memory_order_seq_cst)) {
    case place::spot:
      return spot_->unpark();
    case place::context:
      return core_->io.stop();
    case place::elsewhere:
      return;
  }
}

// Only the first finds anybody at the spot: who comes there with an errand under way goes on (O8).
void io_driver::begin_errand() noexcept {
  if (errands_.fetch_add(1, std::memory_order_seq_cst) == 0 &&
      waits_at_.load(std::memory_order_seq_cst) == place::spot)
    spot_->unpark();
}

// relaxed: a count, which orders nothing.
void io_driver::end_errand() noexcept { errands_.fetch_sub(1, std::memory_order_relaxed); }

asio::io_context& io_driver::context() noexcept { return core_->io; }

name_lookups& io_driver::names() noexcept { return core_->names; }

void io_driver::count_completion() noexcept { ++core_->ran; }

// Relaxed: the count alone matters while the driver lives; see ~tenancy for its end.
io_driver::tenancy::tenancy(io_driver& driver) noexcept : driver_(driver) {
  driver_.tenants_.fetch_add(1, std::memory_order_relaxed);
}

// Release: pairs with the acquire in ~io_driver.
io_driver::tenancy::~tenancy() { driver_.tenants_.fetch_sub(1, std::memory_order_release); }

}  // namespace troupe::os
