// What the tests of this room share: a platform that counts how often workers wake, a latch with a limit, a runnable.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <troupe/engine/runnable.hpp>
#include <troupe/os/os_platform.hpp>
#include <utility>

namespace troupe::engine_test {

/// The longest a test waits for something that must happen; only a broken one ever waits that long.
inline constexpr duration patience = seconds{30};

/// Counts down; a thread waits for zero.
class countdown {
 public:
  explicit countdown(std::size_t n) : left_(n) {}
  void one() {
    const std::lock_guard hold{mutex_};
    if (--left_ == 0) zero_.notify_all();
  }
  bool wait(duration limit = patience) {
    std::unique_lock hold{mutex_};
    return zero_.wait_for(hold, limit, [this] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable zero_;
  std::size_t left_;
};

/// A runnable whose turn calls a function.
struct job final : engine::runnable {
  explicit job(std::function<void()> f) : work(std::move(f)) {}
  void run_turn() override { work(); }
  std::function<void()> work;
};

/// A number that goes up and down; a thread waits until it is large enough.
class level {
 public:
  void add(int n) {
    const std::lock_guard hold{mutex_};
    value_ += n;
    changed_.notify_all();
  }
  int value() {
    const std::lock_guard hold{mutex_};
    return value_;
  }
  bool wait_for(int least) {
    std::unique_lock hold{mutex_};
    return changed_.wait_for(hold, patience, [&] { return value_ >= least; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int value_ = 0;
};

/// The operating system's ports; every return from a wait is counted.
class counting_platform final : public port::platform {
 public:
  port::clock& clock() noexcept override { return real_->clock(); }
  port::entropy& entropy() noexcept override { return real_->entropy(); }
  port::driver& driver() noexcept override { return driver_; }
  port::transport& transport() noexcept override { return real_->transport(); }
  port::files& files() noexcept override { return real_->files(); }
  port::process& process() noexcept override { return real_->process(); }
  std::unique_ptr<port::parker> make_parker() override {
    return std::make_unique<counting_parker>(real_->make_parker(), *this);
  }

  std::atomic<std::uint64_t> wakes{0};  ///< returns from a wait so far
  level waiting;                        ///< threads that wait without a limit, or in the driver
  level interrupts;                     ///< of the driver so far

 private:
  // While it waits.
  struct counted_wait {
    explicit counted_wait(counting_platform& o) : of(o) { of.waiting.add(1); }
    ~counted_wait() {
      of.waiting.add(-1);
      ++of.wakes;
    }
    counting_platform& of;
  };
  struct counting_parker final : port::parker {
    counting_parker(std::unique_ptr<port::parker> p, counting_platform& o) : real(std::move(p)), of(o) {}
    void park() noexcept override {
      const counted_wait now{of};
      real->park();
    }
    bool park_until(time_point until) noexcept override {
      return real->park_until(until);  // not counted: workers wait without a limit (P4)
    }
    void unpark() noexcept override { real->unpark(); }
    std::unique_ptr<port::parker> real;
    counting_platform& of;
  };
  struct counting_driver final : port::driver {
    counting_driver(port::driver& d, counting_platform& o) : real(d), of(o) {}
    std::size_t poll() override { return real.poll(); }
    std::size_t wait_until(time_point until) override {
      const counted_wait now{of};
      return real.wait_until(until);
    }
    void interrupt() noexcept override {
      real.interrupt();
      of.interrupts.add(1);
    }
    port::driver& real;
    counting_platform& of;
  };

  std::unique_ptr<port::platform> real_ = make_os_platform();
  counting_driver driver_{real_->driver(), *this};
};

}  // namespace troupe::engine_test
