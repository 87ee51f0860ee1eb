// Where a ref leads that came from outside and leads nowhere: what is sent there is refused with the reason (M4, M5).
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/ref_token.hpp>

namespace troupe {

/// Why a token leads nowhere.
enum class lost_why : std::uint8_t {
  actor_gone,     ///< the actor it names has stopped
  earlier_run,    ///< it is of an earlier run of this node
  unknown_node,   ///< the node is not known here
  not_named,      ///< it was written for what can't be named outside of its system
  not_a_users,    ///< it names what no user has started
  not_permitted,  ///< who wrote it was not given it, and may not reach what it names (names.hpp, NM7)
};

/// See above. Small: a peer can have many of them made. Thread-safe.
class lost_address final : public address {
 public:
  lost_address(environment& env, std::string_view token, lost_why why)
      : env_(&env), token_(token), why_(why) {}

  void post(engine::envelope_ptr e) noexcept override;
  std::string path() const override { return without_seal(token_); }
  boost::intrusive_ptr<cell> here() noexcept override;
  environment* home() const noexcept override { return env_.get(); }
  std::string token() override { return token_; }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  /// What whoever asks it is told.
  error why() const;

 private:
  std::atomic<unsigned> references_{0};
  const boost::intrusive_ptr<environment> env_;
  const std::string token_;
  const lost_why why_;
};

}  // namespace troupe
