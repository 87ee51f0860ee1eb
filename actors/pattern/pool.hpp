// A pool: a router that starts its members, puts back those that end, and can be resized.
//
//     auto workers = troupe::spawn_pool<worker>(sys, {.name = "workers", .size = 8}, troupe::round_robin{}, settings);
//     workers.tell(job{...});                               // to a member, from here (RO1)
//     workers.resize(16);
//
// Below a supervisor it is a child like any other: `child_pool` (troupe/tree/child_pool.hpp).
//
// Rules
//  PO1 Members are children of the pool's cell, named `1`, `2`, ...; the pool is there as long as that cell is. Stopping a ref to
//      the pool stops it with its members.
//  PO2 A member that fails is restarted in its cell and keeps its mailbox (S6); one that stops is replaced under its name: always,
//      only after failures, or never, as `restart` says. Both count against `restarts_max` in `restart_period`; past it, and when a
//      member can't be made, the pool fails to its parent (S3, S11): below an actor, or by itself, it stops as failed, a supervisor
//      may start it anew. A pool whose last member has left stops.
//  PO3 Shrinking loses no message: a member that is not wanted any more gets nothing new from the pool, finishes what it was sent
//      and stops. Those with the highest numbers go first.
//  PO4 After a change of size a message may go to another member than one of the same key before it.
//  PO5 `broadcast` sends one message to each member, whatever the strategy.
//  PO6 With a `backoff` a member waits before it is put back, each by itself (S9). One that has failed keeps its mailbox and its place:
//      what its key or its turn brings waits with it. One that has stopped gets nothing until it has been replaced.
//  PO7 Below a supervisor a pool has started when all its members have (S4), and its ref is a named one: what is sent by it goes
//      by the pool's own mailbox, which keeps it while the pool is restarted, and from there as by any ref to a pool.
//  PO8 An empty pool is an empty ref (RF4): what it is told, also to all, is dropped, what it is asked is answered `stopped`, it has no
//      members, and it can't be resized.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/pattern/pool_body.hpp>
#include <troupe/pattern/router_address.hpp>
#include <troupe/pattern/routing.hpp>

namespace troupe {

/// The most members a pool may have.
inline constexpr std::size_t pool_size_max = 10'000;

/// What can be chosen when a pool is started.
struct pool_options {
  std::string name = {};  ///< of the pool, unique among its siblings; empty: a number
  std::size_t size = 4;   ///< members, 1 to `pool_size_max`
  spawn_options member =
      {};  ///< of each member: dispatcher, mailbox, poison policy, times; its `name` must be empty
  restart_type restart = restart_type::permanent;  ///< when members are put back (PO2)
  std::uint32_t restarts_max = 10;                 ///< how often members may be put back ... (PO2)
  duration restart_period = seconds{10};           ///< ... within this time; more than 0
  std::optional<backoff_settings> backoff = {};    ///< how long that waits (PO6); none: not at all
};

namespace detail {

/// Throws `failed` with `invalid` for options that make no sense.
void check_pool(const pool_options& options);

/// Starts the pool and its members under `parent`; throws `failed` as `spawn` does.
router_ptr start_pool(environment& env, const cell_ptr& parent, std::string name, pool_plan plan,
                      const actor_class& accepts);

/// What a supervisor makes the cell of a pool of (PO7).
cell_props supervised_pool(pool_plan plan, const actor_class& accepts);

/// Has the pool at `pool` have `size` members. Throws `failed` with `invalid` for a size that makes no sense, `not_found` without a pool.
void resize_pool(address* pool, std::size_t size);

/// How many members a router has now; 0 without a router.
std::size_t router_size(address* to);

/// The cell whose turn it is, below which `call` starts something. Throws `failed` with `invalid` outside of actors.
cell& spawning_cell(const char* call);

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

/// What `options`, `how` and `args` make of a pool of `A`s. Throws `failed` with `invalid` for options that make no sense.
template <class A, class How, class... Args>
pool_plan pool_plan_of(const pool_options& options, How how, Args... args) {
  static_assert(std::is_base_of_v<actor_base, A>, "troupe: an actor derives from troupe::actor<Messages...>");
  static_assert((std::copy_constructible<Args> && ...),
                "troupe: each member of a pool is made of copies of the arguments, and one can't be copied");
  using protocol = typename A::protocol;
  check_pool(options);
  return {[member = options.member, keeps = options.restart != restart_type::temporary,
           args = std::make_tuple(std::move(args)...)](environment& e) {
            return std::apply(
                [&](const auto&... a) {
                  cell_props props =
                      props_with<A>(e, spawn_options{member}, recipe_of<hosted<pool_member<A>>>(Args(a)...));
                  props.restarts = keeps;
                  props.tells_parent = true;
                  return props;
                },
                args);
          },
          [how = std::move(how)](environment& e) { return policy_of(how, protocol{}, e); },
          options.size,
          options.restart,
          options.restarts_max,
          options.restart_period,
          options.backoff};
}

/// See `spawn_pool`.
template <class A, class How, class... Args>
router_ptr make_pool(environment& env, const cell_ptr& parent, const pool_options& options, How how,
                     Args... args) {
  return start_pool(env, parent, options.name, pool_plan_of<A>(options, std::move(how), std::move(args)...),
                    router_class<typename A::protocol>::value);
}

}  // namespace detail

/// A pool of `A`s: a ref to it, and its size (PO1-PO7). A value; thread-safe as a ref is.
template <class A>
class router_pool : public ref<A> {
 public:
  router_pool() = default;
  explicit router_pool(detail::router_ptr router) noexcept : ref<A>(address_ptr{std::move(router)}) {}
  /// The pool that a ref leads to, such as a named one of a supervisor (PO7).
  explicit router_pool(const ref<A>& pool) noexcept : ref<A>(pool) {}

  /// Has it have `size` members, 1 to `pool_size_max`. Returns at once (PO3). Throws `failed` with `invalid`, or `not_found` when
  /// nothing is at a named ref, and for an empty pool (PO8).
  void resize(std::size_t size) const { detail::resize_pool(this->address().get(), size); }
  /// How many members it sends to, as of now; 0 when it has stopped. By a named ref: how many it has.
  std::size_t size() const { return detail::router_size(this->address().get()); }
  /// Sends a copy of `message` to each member (PO5). Returns at once.
  template <class M>
  void broadcast(const M& message) const {
    static_assert(protocol_of<A>::template has<M>,
                  "troupe: this actor does not accept this message: it is not in its protocol");
    if (!*this) return;  // PO8
    detail::broadcast_to(*this->address(), engine::make_envelope<M>(message_type_of<M>, message),
                         detail::message_copiers{messages<M>{}});
  }
};

/// Starts a pool of `A`s made of copies of `args` under `/user`. Throws `failed` with `already_exists`, `invalid` (a name, a
/// size, a setting of the strategy), `not_found` (no such dispatcher) or `stopped`.
template <class A, class How, class... Args>
router_pool<A> spawn_pool(system& sys, pool_options options, How how, Args... args) {
  return router_pool<A>{
      detail::make_pool<A>(sys.env(), sys.user_root(), options, std::move(how), std::move(args)...)};
}

/// The same as a child of the actor whose turn it is. Throws `failed` with `invalid` outside of actors.
template <class A, class How, class... Args>
router_pool<A> spawn_pool(pool_options options, How how, Args... args) {
  cell& parent = detail::spawning_cell("spawn_pool");
  return router_pool<A>{
      detail::make_pool<A>(parent.env(), cell_ptr{&parent}, options, std::move(how), std::move(args)...)};
}

}  // namespace troupe
