// The ports of a simulated host, for one system.
//
// Rules
//  PF1 Its stepper, clock, entropy, network and disk are the world's. There is nothing to park on and no driver to wait in: asking for a
//      parker is a broken invariant.
//  PF2 The files of a host that is down are not there any more: every operation is `io`.
//  PF3 A signal comes when somebody lets it (`release_signal_wait`); child processes are refused. `quick_exit` is a failure of the
//      simulation that names the code.
#pragma once

#include <memory>
#include <troupe/port/platform.hpp>

namespace troupe::sim {

class world;
struct host;

/// See above (PF1-PF3). Outlives the system on it; the world outlives it.
class sim_platform final : public port::platform {
 public:
  sim_platform(world& in, host& on);
  ~sim_platform() override;

  port::clock& clock() noexcept override;
  port::entropy& entropy() noexcept override;
  port::driver& driver() noexcept override;
  port::transport& transport() noexcept override;
  port::files& files() noexcept override;
  port::process& process() noexcept override;
  port::stepper* stepper() noexcept override;
  std::unique_ptr<port::parker> make_parker() override;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace troupe::sim
