#include <troupe/pattern/router_address.hpp>

namespace troupe::detail {

router_address::router_address(environment& env, route_policy_ptr how)
    : env_(&env), how_(std::move(how)), members_(new member_set{{}, 0}) {}

std::string router_address::path() const { return manager_ ? manager_->path() : std::string{}; }

member_set_ptr router_address::members() const {
  const std::lock_guard hold{mutex_};
  return members_;
}

void router_address::publish(std::vector<member_ptr> all) {
  member_set_ptr next{new member_set{std::move(all), how_->points()}};
  {
    const std::lock_guard hold{mutex_};
    members_.swap(next);
  }
  // The old set goes here, outside of the lock: it may let members go (MS1).
}

void router_address::refuse(engine::envelope_ptr e, errc why) noexcept {
  env_->dead_letter(std::move(e), path(), why);
}

void router_address::post(engine::envelope_ptr e) noexcept {
  const member_set_ptr now = members();
  if (now->empty()) return refuse(std::move(e), errc::stopped);  // RO3
  how_->send(std::move(e), *now, *this);
}

address_ptr router_address::offered(engine::envelope_ptr& e) noexcept {
  const member_set_ptr now = members();
  if (now->empty()) return nullptr;  // RO3
  const route_member* const one = how_->choose(*e, *now, *this);
  return one ? one->to().offered(e) : address_ptr{manager_};
}

}  // namespace troupe::detail
