// A plain CAF actor as the child of a supervisor (S10). Include it beside <troupe/troupe.hpp>, which includes no CAF.
//
//     auto top = troupe::supervise(sys, "top", troupe::one_for_one{},
//                                  troupe::child_caf("legacy", [](caf::actor_system& caf, int limit) {
//                                    return caf.spawn(legacy_behavior, limit);      // any kind of CAF actor
//                                  }, 100));
//     auto legacy = top.ref<deposit, balance>("legacy");   // tell, ask and watch work on it, across restarts
//
// What stands in the tree is a cell of ours that hands on what it gets (runtime/caf/caf_child.hpp, CC1-CC7): its ref, path and mailbox
// survive the CAF actor.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <troupe/caf/caf_child.hpp>
#include <troupe/caf/interop.hpp>
#include <troupe/tree/supervise.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe {

namespace detail {

/// What a CAF handle is: what `caf::actor_cast` makes a `caf::strong_actor_ptr` of.
template <class T>
concept caf_handle_type = requires(const T& handle) {
  { caf::actor_cast<caf::strong_actor_ptr>(handle) } -> std::same_as<caf::strong_actor_ptr>;
};

/// Whether `F` is a factory of a CAF actor from these arguments.
template <class F, class... Args>
concept caf_maker = std::is_invocable_v<const F&, caf::actor_system&, const Args&...> &&
    caf_handle_type<std::invoke_result_t<const F&, caf::actor_system&, const Args&...>>;

}  // namespace detail

/// A child that is the CAF actor which `make(caf_system, args...)` spawns: event-based or blocking, detached, stateful, typed. Called at
/// each start with copies of `args`, on the child's dispatcher. What it throws, and an empty handle, fail the start. What else is said of
/// a child is said as of any (`transient()`, `shutdown(...)`, ...) but for `poison`, which can only be `drop` (CC6). How the actor's end is
/// judged: CC3.
template <class F, class... Args>
child_builder child_caf(std::string id, F make, Args... args) {
  constexpr bool copied = std::copy_constructible<F> && (std::copy_constructible<Args> && ...);
  static_assert(copied,
                "troupe: a supervisor makes its child anew from copies of the arguments, and one of these "
                "can't be copied");
  constexpr bool makes = detail::caf_maker<F, Args...>;
  static_assert(
      makes,
      "troupe: child_caf takes a function of a caf::actor_system& and the arguments that follow, which "
      "returns the handle of the CAF actor that it has spawned there");
  child_spec spec;
  spec.id = std::move(id);
  if constexpr (copied && makes) {
    auto how = std::make_shared<const caf_factory>(
        [make = std::move(make), args = std::make_tuple(std::move(args)...)](caf::actor_system& in) {
          return caf::actor_cast<caf::strong_actor_ptr>(
              std::apply([&](const auto&... a) { return make(in, a...); }, args));
        });
    spec.make = [how = std::move(how)](environment&) { return caf_child_props(how); };
  }
  return child_builder{std::move(spec)};
}

}  // namespace troupe
