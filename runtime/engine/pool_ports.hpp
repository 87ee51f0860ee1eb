// The ports of a work-stealing pool beside the default one.
//
// Rules
//  PO1 Only one thread at a time may be inside the I/O driver, and that is a worker of the default dispatcher. Another
//      pool gets a driver in which nothing ever happens: one of its idle workers waits there as the others do, without a
//      limit.
//  PO2 Everything else is the platform's. The platform outlives the pool's threads.
#pragma once

#include <memory>
#include <troupe/port/platform.hpp>
#include <utility>

namespace troupe::engine {

/// A platform without I/O (PO1, PO2).
class pool_ports final : public port::platform {
 public:
  /// The ports of `real`, but for the driver.
  explicit pool_ports(port::platform& real) : real_(real), driver_(real.make_parker()) {}

  port::clock& clock() noexcept override { return real_.clock(); }
  port::entropy& entropy() noexcept override { return real_.entropy(); }
  port::driver& driver() noexcept override { return driver_; }
  port::transport& transport() noexcept override { return real_.transport(); }
  port::files& files() noexcept override { return real_.files(); }
  port::process& process() noexcept override { return real_.process(); }
  std::unique_ptr<port::parker> make_parker() override { return real_.make_parker(); }

 private:
  class quiet_driver final : public port::driver {
   public:
    explicit quiet_driver(std::unique_ptr<port::parker> at) : at_(std::move(at)) {}
    std::size_t poll() override { return 0; }
    std::size_t wait_until(time_point until) override {
      if (until == never)
        at_->park();
      else
        at_->park_until(until);
      return 0;
    }
    void interrupt() noexcept override { at_->unpark(); }

   private:
    std::unique_ptr<port::parker> at_;
  };

  port::platform& real_;
  quiet_driver driver_;
};

}  // namespace troupe::engine
