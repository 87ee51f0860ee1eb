// How later layers join a system without the kernel knowing them.
#pragma once

#include <memory>
#include <vector>

namespace caf {
class actor_system_config;
}  // namespace caf

namespace troupe {

class interceptor;
class system;

/// Something that lives as long as a system and takes part in its start and stop. All functions are called by
/// the thread that constructs or shuts down the system.
class extension {
 public:
  virtual ~extension() = default;

  /// Before CAF's system exists: add message types and modules here.
  virtual void configure(caf::actor_system_config&) {}

  /// Who shall see the messages of the system; called once, before any actor is made.
  virtual std::vector<std::shared_ptr<interceptor>> intercept() { return {}; }

  /// The system runs. An exception ends the construction of the system.
  virtual void start(system&) {}

  /// `/user` and its children have stopped, `/system` has not.
  virtual void stop(system&) noexcept {}
};

}  // namespace troupe
