// The address of a router: a message that is posted to it is on its way to a member when `post` returns (RO1).
#pragma once

#include <atomic>
#include <mutex>
#include <troupe/cell/cell.hpp>
#include <troupe/pattern/member_set.hpp>
#include <troupe/pattern/route_policy.hpp>

namespace troupe::detail {

/// See above. `here()` is the router's own cell: watching a ref to the router watches that, `stop(ref)` stops it with its
/// members if they are its children. What comes there in other ways (a CAF message, a message from another node, an offer that is for
/// several) is posted again to the router. Thread-safe.
class router_address final : public address {
 public:
  router_address(environment& env, route_policy_ptr how);

  void post(engine::envelope_ptr e) noexcept override;
  std::string path() const override;
  cell_ptr here() noexcept override { return manager_; }
  address_ptr offered(engine::envelope_ptr& e) noexcept override;
  environment* home() const noexcept override { return env_.get(); }
  std::uint64_t number() const noexcept override { return manager_ ? manager_->number() : 0; }
  std::string token() override { return manager_ ? manager_->token() : std::string{}; }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  /// The router's cell. Set once, before the address is shared.
  void managed_by(cell_ptr manager) noexcept { manager_ = std::move(manager); }
  /// The members as of now.
  member_set_ptr members() const;
  /// Sends to these from now on (MS2).
  void publish(std::vector<member_ptr> all);
  /// The system.
  environment& env() const noexcept { return *env_; }
  /// Gives a message up.
  void refuse(engine::envelope_ptr e, errc why) noexcept;

 private:
  std::atomic<unsigned> references_{0};
  const boost::intrusive_ptr<environment> env_;
  const route_policy_ptr how_;
  cell_ptr manager_;
  mutable std::mutex mutex_;  // held to copy or to swap a pointer
  member_set_ptr members_;    // guarded by mutex_
};
/// A shared router address.
using router_ptr = boost::intrusive_ptr<router_address>;

/// Sends `e` to all members of the router at `to`, which may be a path that leads to a pool (PO5).
void broadcast_to(address& to, engine::envelope_ptr e, message_copiers copiers);

/// What is made of the class `accepts` lists: the class of a router's cell.
template <class Protocol>
struct router_class;
template <class... Ms>
struct router_class<messages<Ms...>> {
 private:
  static constexpr std::array<const message_type*, sizeof...(Ms)> accepts{&message_type_of<Ms>...};

 public:
  static constexpr actor_class value{"troupe.router", accepts.data(), accepts.size(), false};
};

}  // namespace troupe::detail
