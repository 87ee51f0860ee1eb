#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <troupe/cell/environment.hpp>
#include <troupe/os/os_platform.hpp>
#include <troupe/system/system.hpp>
#include <troupe/testkit/test_platform.hpp>

namespace troupe::testkit {

// A parking spot under the watch's lock: whoever unparks takes the owner off the waiting ones in the same step (QU1).
class test_platform::watched_parker final : public port::parker {
 public:
  watched_parker(quiet_watch& watch, const port::clock& clock) noexcept : watch_(watch), clock_(clock) {}

  void park() noexcept override {
    std::unique_lock hold{watch_.lock()};
    begin_wait();
    told_.wait(hold, [this] { return notified_; });
    notified_ = false;
  }

  bool park_until(time_point until) noexcept override {
    if (until == never) return park(), true;
    // Who parks with a limit has just asked the clock for it: the span between the two is meant, and is real time (TP3).
    const duration limit = std::max(until - clock_.now(), duration::zero());
    std::unique_lock hold{watch_.lock()};
    begin_wait();
    const bool in_time = told_.wait_for(hold, limit, [this] { return notified_; });
    if (!in_time) {
      waits_ = false;
      watch_.unblocks();
    }
    notified_ = false;
    return in_time;
  }

  void unpark() noexcept override {
    // Told under the lock: the owner goes on, and its spot perhaps with it, only after that. The lock is the platform's.
    const std::lock_guard hold{watch_.lock()};
    notified_ = true;
    if (!waits_) return;
    waits_ = false;
    watch_.unblocks();
    told_.notify_one();
  }

 private:
  void begin_wait() {
    if (notified_) return;
    waits_ = true;
    watch_.blocks();
  }

  quiet_watch& watch_;
  const port::clock& clock_;
  std::condition_variable told_;
  bool notified_ = false;  // guarded by the watch's lock, with waits_
  bool waits_ = false;     // and counts as waiting
};

// The driver below, with a wait that ends when the clock here says so.
class test_platform::watched_driver final : public port::driver {
 public:
  watched_driver(quiet_watch& watch, const manual_clock& clock, port::driver& below) noexcept
      : watch_(watch), clock_(clock), below_(below) {}

  std::size_t poll() override { return below_.poll(); }

  std::size_t wait_until(time_point until) override {
    time_point real_until = never;
    bool due = false;
    {
      const std::lock_guard hold{watch_.lock()};
      due = !interrupted_ && until <= clock_.now();
      if (!clock_.stands_still()) real_until = clock_.real_time_of(until);
      until_ = until;
      if (!interrupted_ && !due) {
        waits_ = true;
        watch_.blocks();
      }
    }
    // Without the lock: what is ready runs inside, and wakes others.
    if (due) return below_.poll();
    const std::size_t ran = below_.wait_until(real_until);
    const std::lock_guard hold{watch_.lock()};
    if (waits_) watch_.unblocks();
    waits_ = interrupted_ = false;
    return ran;
  }

  void interrupt() noexcept override {
    const std::lock_guard hold{watch_.lock()};
    interrupt_locked();
  }

  /// REQUIRES: the caller has the lock.
  void interrupt_locked() noexcept {
    interrupted_ = true;
    if (waits_) watch_.unblocks();
    waits_ = false;
    below_.interrupt();
  }

  /// How long who waits here, or was the last to, waits at most. REQUIRES: the caller has the lock.
  time_point until() const noexcept { return until_; }

 private:
  quiet_watch& watch_;
  const manual_clock& clock_;
  port::driver& below_;
  time_point until_ = never;  // guarded by the watch's lock, with the two below
  bool interrupted_ = false;  // and not yet come back from a wait for it
  bool waits_ = false;        // somebody does, and counts as waiting
};

test_platform::test_platform(time_kind time, std::unique_ptr<port::platform> below)
    : below_(below ? std::move(below) : make_os_platform()),
      clock_(below_->clock(), time == time_kind::manual),
      driver_(std::make_unique<watched_driver>(watch_, clock_, below_->driver())) {}

test_platform::~test_platform() = default;

port::driver& test_platform::driver() noexcept { return *driver_; }

std::unique_ptr<port::parker> test_platform::make_parker() {
  return std::make_unique<watched_parker>(watch_, clock_);
}

test_platform* test_platform::of(troupe::system& sys) noexcept {
  return dynamic_cast<test_platform*>(&sys.platform());
}

void test_platform::watch(environment& env) {
  watch_.begin(env.scheduler().thread_count() + env.dispatchers().pool_threads(), env.dispatchers().turns(),
               [this, &env] {
                 return driver_->until() <= clock_.now() || env.scheduler().anything_queued() ||
                        env.dispatchers().anything_queued();
               });
}

bool test_platform::step(time_point limit) {
  const std::lock_guard hold{watch_.lock()};
  const time_point due = driver_->until();
  if (due > limit) {
    clock_.set(limit);
    return false;
  }
  clock_.set(std::max(due, clock_.now()));
  driver_->interrupt_locked();
  return true;
}

bool test_platform::advance(duration d, duration limit) {
  const time_point end = after(clock_.now(), d);
  do {
    if (!settle(limit)) return false;
  } while (step(end));
  return true;
}

void test_platform::let_go() {
  watch_.end();
  const std::lock_guard hold{watch_.lock()};
  clock_.run();
  driver_->interrupt_locked();
}

}  // namespace troupe::testkit
