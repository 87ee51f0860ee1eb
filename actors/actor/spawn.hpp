// Starting actors by hand. What should survive its failures belongs under a supervisor instead
// (troupe/tree/...).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <troupe/actor/actor.hpp>
#include <troupe/cell/props.hpp>
#include <troupe/system/system.hpp>
#include <tuple>

namespace troupe {

/// What can be chosen when an actor is started.
struct spawn_options {
  std::string name = {};  ///< unique among its siblings; empty: a number
  /// Where it runs: `blocking` for actors that wait for disks or libraries, `pinned` for a thread of its own, `default`, or
  /// what the configuration names. Empty: what the configuration says of its path, else `default`.
  std::string dispatcher = {};
  /// Its mailbox (M8): `bounded(1000, overflow::drop_oldest)`, `unbounded()`, `prioritized()` or one with a list (priorities.hpp).
  /// None: what the configuration says of its path, else prioritized where the class names priorities, else unbounded.
  std::optional<mailbox_choice> mailbox = {};
  poison_policy poison = {};            ///< what happens to a message it fails on (S7)
  duration shutdown_time = seconds{5};  ///< how long its parent waits for its stop
  duration start_time =
      duration::max();  ///< how long its start may take before it counts as failed; default: for ever
};

namespace detail {

/// An `A` as the runtime derives it, for asking what it can be made from.
template <class A>
struct made_like : A {
  using A::A;
  void receive(delivery&) override;
};

/// The dispatcher of that name. Throws `failed` with `not_found` when there is none.
engine::dispatcher& dispatcher_named(environment& env, std::string_view name);

/// Starts a cell below `parent`. Throws `failed` as `spawn` does.
address_ptr start_below(cell& parent, cell_props&& props);

/// Whether an `A` can be made from `Args`: from themselves, and, where they can be copied, from constant ones, as at a restart.
template <class A, class... Args>
constexpr bool can_be_made() {
  if constexpr (!std::is_base_of_v<actor_base, A> || std::is_final_v<A>)
    return true;  // `props_with` says what is wrong
  else if constexpr ((std::copy_constructible<Args> && ...))
    return std::is_constructible_v<made_like<A>, Args...> &&
           std::is_constructible_v<made_like<A>, const Args&...>;
  else
    return std::is_constructible_v<made_like<A>, Args...>;
}

}  // namespace detail

/// Everything a cell needs to be an `A`, which `how` makes. Throws `failed` with `not_found` when there is no dispatcher of
/// the name that `options` has; so does whatever starts an actor with them.
template <class A>
cell_props props_with(environment& env, spawn_options&& options, recipe_ptr how) {
  static_assert(std::is_base_of_v<actor_base, A>, "troupe: an actor derives from troupe::actor<Messages...>");
  static_assert(!std::is_final_v<A>, "troupe: an actor class must not be final: the runtime derives from it");
  cell_props props;
  props.name = std::move(options.name);
  // What follows from the mistake above is not said as well.
  if constexpr (std::is_base_of_v<actor_base, A> && !std::is_final_v<A>)
    props.type = &actor_class_of<A>::value;
  props.poison = options.poison;
  props.shutdown_time = options.shutdown_time;
  props.start_time = options.start_time;
  if (!options.dispatcher.empty()) props.dispatcher = &detail::dispatcher_named(env, options.dispatcher);
  props.wanted_mailbox = options.mailbox;
  props.how = std::move(how);
  return props;
}

/// Everything a cell needs to make an `A` from `args` (RE1).
template <class A, class... Args>
cell_props props_of(environment& env, spawn_options&& options, Args... args) {
  static_assert(
      detail::can_be_made<A, Args...>(),
      "troupe: the actor can't be made from these arguments: no public constructor of its class takes them");
  if constexpr (std::is_base_of_v<actor_base, A> && !std::is_final_v<A> && detail::can_be_made<A, Args...>())
    return props_with<A>(env, std::move(options), recipe_of<detail::hosted<A>>(std::move(args)...));
  else
    return props_with<A>(env, std::move(options), nullptr);
}

template <class A, class... Args>
ref<A> actor_base::spawn(spawn_options options, Args... args) {
  return ref<A>{detail::start_below(own_cell(),
                                    props_of<A>(env_of(own_cell()), std::move(options), std::move(args)...))};
}

template <class A, class... Args>
requires(!(std::is_same_v<Args, spawn_options> || ...)) ref<A> actor_base::spawn(Args... args) {
  return spawn<A>(spawn_options{}, std::move(args)...);
}

/// Asks the actor behind `who` to stop (L3): it finishes the handler that runs, not what is queued. Returns at once;
/// does nothing when it has stopped. On another node it needs the right to link to it, unless that node made it for this one; what comes of
/// nothing there is a dead letter here. Watch it to know when it is gone.
void stop(const any_ref& who);

/// Starts an `A` under `/user`. Returns at once; messages wait until it has started. Throws `failed` with
/// `already_exists`, `invalid` (no name, no bound) or `stopped` (the system is going down).
template <class A, class... Args>
ref<A> spawn(system& sys, spawn_options options, Args... args) {
  return ref<A>{
      detail::start_below(*sys.user_root(), props_of<A>(sys.env(), std::move(options), std::move(args)...))};
}

/// The same with a name and no other choice.
template <class A, class... Args>
ref<A> spawn(system& sys, std::string name, Args... args) {
  return spawn<A>(sys, spawn_options{.name = std::move(name)}, std::move(args)...);
}

}  // namespace troupe
