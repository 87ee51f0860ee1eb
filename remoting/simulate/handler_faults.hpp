// Faults inside of handlers: exceptions, and allocations that fail.
//
// Rules
//  HF1 A message that is chosen to throw has failed before its handler has done anything: the actor fails on it as if it had thrown
//      (BO2), the text of the error says that it was injected and by which fault, and so does the record.
//  HF2 An allocation can fail from the handler's beginning to its return or its first wait, and only one that is the handler's own
//      (sim/allocation_trap.hpp, AT2). What the runtime allocates, in the handler or around it, never fails.
//  HF3 A fault counts and draws its chances for itself: from the seed and its own text. Leaving one out changes no other.
//  HF4 A fault ends with its time, or with the one message or allocation that it is about. It outlasts a crash of its host.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <troupe/base/prng.hpp>
#include <troupe/cell/interceptor.hpp>
#include <troupe/sim/allocation_trap.hpp>
#include <troupe/simulate/fault.hpp>
#include <vector>

namespace troupe {

namespace sim {
class world;
}  // namespace sim

/// Those of one host (HF1-HF4): an interceptor of each of its systems. The world outlives it. On the simulation's thread.
class handler_faults final : public interceptor {
 public:
  /// On the host of that name.
  handler_faults(sim::world& in, std::string host) : world_(in), host_(std::move(host)) {}

  /// `f` begins. REQUIRES: it is inside of handlers.
  void begin(const fault& f);

  void enter_handler(const message_view& m) override;
  void leave_handler() noexcept override;
  bool wants_end() const noexcept override { return false; }

 private:
  struct open_fault {
    fault what;
    std::string text;
    prng random;
    time_point until;
    std::uint64_t seen = 0;
    bool is_over = false;

    bool strikes();
  };
  using open_ptr = std::shared_ptr<open_fault>;

  /// The allocations of one handler.
  struct handler_trap final : sim::allocation_trap {
    std::vector<open_ptr> all;
    std::string who;       // whose handler it is, for the record
    std::string struck{};  // by what, if by anything
    sim::allocation_trap* before = nullptr;

    bool fails() override;
    std::string cause() const override { return struck; }
  };

  std::string told(const message_view& m) const;

  sim::world& world_;
  const std::string host_;
  std::vector<open_ptr> open_;
  std::list<handler_trap> inside_;  // of the handlers that have been entered, the innermost last
};

}  // namespace troupe
