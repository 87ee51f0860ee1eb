// A group whose members are all that offer a service: a router that follows the receptionist.
//
//     auto tellers = troupe::spawn_group(sys, {.name = "tellers"}, troupe::round_robin{}, accounts);   // a service_key
//
// Rules (those of group.hpp, GR1-GR3, and)
//  SG1 Who is enlisted joins, who is delisted or stops leaves, soon after. What is added or removed by hand stays so until it is enlisted
//      or delisted anew, or stops.
//  SG2 It is a router from the first moment, without members: who sends before the first listing has come is answered as RO3 says.
#pragma once

#include <algorithm>
#include <troupe/pattern/group.hpp>
#include <troupe/pattern/receptionist.hpp>
#include <vector>

namespace troupe {
namespace detail {

/// A child of a group's cell that hears of a service and has the group follow (SG1).
template <class... Ts>
class service_follower : public actor<listing<Ts...>> {
 public:
  service_follower(service_key<Ts...> key, address_ptr group)
      : key_(std::move(key)), group_(std::move(group)) {}
  /// Listens.
  void on_start() { receptionist_here().listen(key_, ref<listing<Ts...>>{this->self()}); }
  /// The group has these, and no longer those before that are not among them.
  void on(const listing<Ts...>& now) {
    const auto has = [](const std::vector<ref<Ts...>>& all, const ref<Ts...>& who) {
      return std::find(all.begin(), all.end(), who) != all.end();
    };
    for (const auto& who : members_)
      if (!has(now.all, who)) change_group(*group_, who, false);
    for (const auto& who : now.all)
      if (!has(members_, who)) change_group(*group_, who, true);
    members_ = now.all;
  }

 private:
  const service_key<Ts...> key_;
  const address_ptr group_;
  std::vector<ref<Ts...>> members_;
};

/// Has `group` follow the service.
template <class... Ts>
router_group<Ts...> following(environment& env, router_group<Ts...> group, service_key<Ts...> key) {
  start_below(*group.address()->here(),
              props_of<service_follower<Ts...>>(env, spawn_options{.name = "follower"}, std::move(key),
                                                group.address()));
  return group;
}

}  // namespace detail

/// Starts a group of all that offer the service, under `/user`. Throws `failed` as `spawn_group` of members does, and with `not_found` when
/// the system has no receptionist.
template <class How, class... Ts>
router_group<Ts...> spawn_group(system& sys, group_options options, How how, const service_key<Ts...>& key) {
  static_cast<void>(receptionist_of(sys));
  return detail::following(
      sys.env(), spawn_group(sys, std::move(options), std::move(how), std::vector<ref<Ts...>>{}), key);
}

/// The same as a child of the actor whose turn it is. Throws `failed` with `invalid` outside of actors.
template <class How, class... Ts>
router_group<Ts...> spawn_group(group_options options, How how, const service_key<Ts...>& key) {
  auto group = spawn_group(std::move(options), std::move(how), std::vector<ref<Ts...>>{});
  return detail::following(env_of(detail::spawning_cell("spawn_group")), std::move(group), key);
}

}  // namespace troupe
