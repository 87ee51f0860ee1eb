// A group: a router over actors that others have started.
//
//     auto shards = troupe::spawn_group(sys, {.name = "shards"}, troupe::round_robin{}, std::vector{first, second});
//     shards.tell(put{...});
//     shards.add(third);
//
// Rules
//  GR1 Members are watched and leave when they stop; who was there already when they were added too. A member that can't be
//      watched from here (a path with nobody at it yet) stays until it is removed.
//  GR2 `add` and `remove` take effect in their order, soon; a message sent meanwhile may still go to the members of before.
//      A member is known by any ref that is equal to the one it was added by (RF5).
//  GR3 A group without members is no error: RO3 holds until one is added. The group ends when its own cell is stopped; its members
//      go on.
//  GR4 An empty group is an empty ref (RF4): what it is told, also to all, is dropped, what it is asked is answered `stopped`, and nobody
//      can be added to it or removed.
#pragma once

#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/pattern/pool.hpp>
#include <troupe/pattern/router_address.hpp>
#include <troupe/pattern/routing.hpp>
#include <vector>

namespace troupe {

/// What can be chosen when a group is started.
struct group_options {
  std::string name = {};  ///< unique among its siblings; empty: a number
};

namespace detail {

/// Starts the cell of a group below `parent`; throws `failed` as `spawn` does, and with `invalid` for an empty ref.
router_ptr start_group(environment& env, const cell_ptr& parent, std::string name,
                       std::vector<any_ref> members, const actor_class& accepts, route_policy_ptr how);
/// Has `who` join, or leave. Throws `failed` with `invalid` for an empty ref.
void change_group(address& router, any_ref who, bool join);
/// The address of a group. Throws `failed` with `not_found` for an empty one (GR4).
address& group_behind(const any_ref& group);

}  // namespace detail

/// A group: a ref to it, and its members (GR1-GR4). A value; thread-safe as a ref is.
template <class... Ts>
class router_group : public ref<Ts...> {
 public:
  router_group() = default;
  explicit router_group(detail::router_ptr router) noexcept : ref<Ts...>(address_ptr{std::move(router)}) {}

  /// `who` joins; nothing changes if it is a member already. Throws `failed` with `invalid` for an empty ref, `not_found` for an empty
  /// group (GR4).
  void add(const ref<Ts...>& who) const { detail::change_group(detail::group_behind(*this), who, true); }
  /// `who` leaves, if it is a member. What it was sent stays in its mailbox. Throws as `add`.
  void remove(const ref<Ts...>& who) const { detail::change_group(detail::group_behind(*this), who, false); }
  /// Sends a copy of `message` to each member, whatever the strategy. Returns at once.
  template <class M>
  void broadcast(const M& message) const {
    static_assert(protocol_of<Ts...>::template has<M>,
                  "troupe: this actor does not accept this message: it is not in its protocol");
    if (!*this) return;  // GR4
    detail::broadcast_to(*this->address(), engine::make_envelope<M>(message_type_of<M>, message),
                         detail::message_copiers{messages<M>{}});
  }
  /// How many members there are, as of now.
  std::size_t size() const { return detail::router_size(this->address().get()); }
};

/// Starts a group of `members` under `/user`. Throws `failed` with `already_exists`, `invalid` (a name, an empty ref, a setting of
/// the strategy) or `stopped`.
template <class How, class... Ts>
router_group<Ts...> spawn_group(system& sys, group_options options, How how,
                                const std::vector<ref<Ts...>>& members) {
  using protocol = protocol_of<Ts...>;
  return router_group<Ts...>{detail::start_group(
      sys.env(), sys.user_root(), std::move(options.name), {members.begin(), members.end()},
      detail::router_class<protocol>::value, detail::policy_of(how, protocol{}, sys.env()))};
}

/// The same as a child of the actor whose turn it is. Throws `failed` with `invalid` outside of actors.
template <class How, class... Ts>
router_group<Ts...> spawn_group(group_options options, How how, const std::vector<ref<Ts...>>& members) {
  using protocol = protocol_of<Ts...>;
  cell& parent = detail::spawning_cell("spawn_group");
  return router_group<Ts...>{detail::start_group(
      parent.env(), cell_ptr{&parent}, std::move(options.name), {members.begin(), members.end()},
      detail::router_class<protocol>::value, detail::policy_of(how, protocol{}, parent.env()))};
}

}  // namespace troupe
