// A pool: a router that starts its members, restarts those that fail, and can be resized.
//
//     auto workers = troupe::spawn_pool<worker>(sys, {.name = "workers", .size = 8}, troupe::round_robin{}, settings);
//     workers.tell(job{...});                               // to a member, from here (RO1)
//     workers.resize(16);
//
// Rules
//  PO1 Members are children of the pool's cell, named `1`, `2`, ...; the pool is there as long as that cell is. Stopping a ref to
//      the pool stops it with its members.
//  PO2 A member that fails is restarted in its cell and keeps its mailbox (S6); one that stops is replaced under its name. Both
//      count against `restarts_max` in `restart_period`; past it the pool stops, as failed, and says so (S3).
//  PO3 Shrinking loses no message: a member that is not wanted any more gets nothing new from the pool, finishes what it was sent
//      and stops. Those with the highest numbers go first.
//  PO4 After a change of size a message may go to another member than one of the same key before it.
#pragma once

#include <functional>
#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/pattern/router_address.hpp>
#include <troupe/pattern/routing.hpp>

namespace troupe {

/// The most members a pool may have.
inline constexpr std::size_t pool_size_max = 10'000;

/// What can be chosen when a pool is started.
struct pool_options {
  std::string name = {};            ///< of the pool, unique among its siblings; empty: a number
  std::size_t size = 4;             ///< members, 1 to `pool_size_max`
  spawn_options member = {};        ///< of each member; its `name` is the pool's business and must be empty
  std::uint32_t restarts_max = 10;  ///< how many members may fail or stop ... (PO2)
  duration restart_period = seconds{10};  ///< ... within this time
};

namespace detail {

/// What a pool's cell needs.
struct pool_plan {
  std::function<cell_props(environment&)> member;  ///< all but the name
  std::size_t size;
  std::uint32_t restarts_max;
  duration restart_period;
};

/// Starts the pool and its members under `parent`; throws `failed` as `spawn` does.
router_ptr start_pool(environment& env, const cell_ptr& parent, std::string name, pool_plan plan,
                      const actor_class& accepts, route_policy_ptr how);

/// Has the pool behind `router` have `size` members. Throws `failed` with `invalid` for a size that makes no sense.
void resize_pool(address& router, std::size_t size);

/// How many members a router has now.
std::size_t router_size(const address_ptr& router);

/// The cell whose turn it is. Throws `failed` with `invalid` outside of actors.
cell& spawning_cell();

/// What a member is: an `A` that stops behind the last message it was sent.
template <class A>
class pool_member : public A {
 public:
  using A::A;
  void on_unknown(delivery& d) override {
    if (d->type == &message_type_of<member_drained>)
      this->stop_self();
    else
      A::on_unknown(d);
  }
};

/// See `spawn_pool`.
template <class A, class How, class... Args>
router_ptr make_pool(environment& env, const cell_ptr& parent, pool_options options, const How& how,
                     Args... args) {
  static_assert(std::is_base_of_v<actor_base, A>, "troupe: an actor derives from troupe::actor<Messages...>");
  static_assert((std::copy_constructible<Args> && ...),
                "troupe: each member of a pool is made of copies of the arguments, and one can't be copied");
  using protocol = typename A::protocol;
  if (!options.member.name.empty())
    throw failed{{errc::invalid, "pool '" + options.name +
                                     "': members are named by their numbers, so member.name ('" +
                                     options.member.name + "') must be empty"}};
  pool_plan plan{
      [member = std::move(options.member), args = std::make_tuple(std::move(args)...)](environment& e) {
        return std::apply(
            [&](const auto&... a) {
              cell_props props =
                  props_with<A>(e, spawn_options{member}, recipe_of<hosted<pool_member<A>>>(Args(a)...));
              props.restarts = true;
              return props;
            },
            args);
      },
      options.size, options.restarts_max, options.restart_period};
  return start_pool(env, parent, std::move(options.name), std::move(plan), router_class<protocol>::value,
                    policy_of(how, protocol{}, env));
}

}  // namespace detail

/// A pool of `A`s: a ref to it, and its size (PO1-PO4). A value; thread-safe as a ref is.
template <class A>
class router_pool : public ref<A> {
 public:
  router_pool() = default;
  explicit router_pool(detail::router_ptr router) noexcept : ref<A>(address_ptr{std::move(router)}) {}

  /// Has it have `size` members, 1 to `pool_size_max`. Returns at once (PO3). Throws `failed` with `invalid`.
  void resize(std::size_t size) const { detail::resize_pool(*this->address(), size); }
  /// How many members it sends to, as of now; 0 when it has stopped.
  std::size_t size() const { return detail::router_size(this->address()); }
};

/// Starts a pool of `A`s made of copies of `args` under `/user`. Throws `failed` with `already_exists`, `invalid` (a name, a
/// size, a setting of the strategy), `not_found` (no such dispatcher) or `stopped`.
template <class A, class How, class... Args>
router_pool<A> spawn_pool(system& sys, pool_options options, How how, Args... args) {
  return router_pool<A>{
      detail::make_pool<A>(sys.env(), sys.user_root(), std::move(options), how, std::move(args)...)};
}

/// The same as a child of the actor whose turn it is. Throws `failed` with `invalid` outside of actors.
template <class A, class How, class... Args>
router_pool<A> spawn_pool(pool_options options, How how, Args... args) {
  cell& parent = detail::spawning_cell();
  return router_pool<A>{
      detail::make_pool<A>(parent.env(), cell_ptr{&parent}, std::move(options), how, std::move(args)...)};
}

}  // namespace troupe
