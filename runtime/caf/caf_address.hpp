// The way from troupe to a plain CAF actor.
//
// Rules
//  CA1 A message is copied into a CAF message; its sender, for CAF, is the cell whose turn it is. What can't be copied is
//      refused with one line that says so (errc::invalid).
//  CA2 An ask becomes a CAF request. It completes with the response, with CAF's error, or with `broken_promise` when the
//      actor drops the request unanswered (M5); the ask's own deadline holds as ever.
//  CA3 A message to an actor that has ended is a dead letter (M4), `unreachable` where the connection to its CAF system was lost.
//  CA4 A link that one of ours asks for is kept by both: the actor has our attachable, which sends `link_ended`; the end of ours goes to it
//      as CAF's `exit_msg`, by the table of caf_errors.hpp (CR1), so it ends with it or traps it. CAF's `unlink_from` ends it as well.
#pragma once

#include <atomic>
#include <caf/actor_control_block.hpp>
#include <troupe/cell/caf_far.hpp>
#include <troupe/cell/environment.hpp>

namespace troupe {

/// The address of a plain CAF actor (CA1-CA3). Keeps the actor alive, as a CAF handle does. Thread-safe.
class caf_address final : public address {
 public:
  /// REQUIRES: the CAF system of `env` is there. It may go before the address does.
  caf_address(environment& env, caf::strong_actor_ptr to)
      : env_(&env), to_(std::move(to)), far_(is_far(*to_)) {}

  void post(engine::envelope_ptr e) noexcept override;
  /// `caf:17`, after the actor's number; see caf_name_of.
  std::string path() const override;
  boost::intrusive_ptr<cell> here() noexcept override;
  environment* home() const noexcept override { return env_.get(); }
  /// As in the `terminated` that tells of its end.
  std::uint64_t number() const noexcept override;
  std::uint64_t watch_from_outside(address& watcher, bool yes) override;
  bool link_from_outside(cell& linker, std::uint64_t number, std::uint32_t id, bool yes) override;
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  /// The actor.
  const caf::strong_actor_ptr& handle() const noexcept { return to_; }

 private:
  std::atomic<unsigned> references_{0};
  boost::intrusive_ptr<environment> env_;
  const caf::strong_actor_ptr to_;
  const bool far_;
};

}  // namespace troupe
