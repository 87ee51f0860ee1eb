// Building supervision trees.
//
//     auto bank = troupe::supervise(sys, "bank", troupe::one_for_one{.intensity = 3, .period = 5s},
//                                   troupe::child<ledger>("ledger"),
//                                   troupe::child_supervisor("tellers", troupe::dynamic{}));
//     auto ledger = bank.ref<bank::ledger>("ledger");   // stays valid across restarts
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/tree/supervisor_spec.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace troupe {

/// A failed child is restarted alone. `intensity` restarts within `period` are allowed (S3).
struct one_for_one {
  std::uint32_t intensity = 1;
  duration period = seconds{5};
};

/// Children are started one by one while it runs, by `dynamic_children` (S1).
struct dynamic {
  std::uint32_t intensity = 1;
  duration period = seconds{5};
  std::size_t children_max = 100'000;
};

/// A child spec under construction: `child<A>("id", args...).transient().blocking()`.
class child_builder {
 public:
  explicit child_builder(child_spec spec) noexcept : spec_(std::move(spec)) {}
  /// Restarted only when it failed.
  child_builder&& transient() && {
    return set([](child_spec& s) { s.restart = restart_type::transient; });
  }
  /// Never restarted.
  child_builder&& temporary() && {
    return set([](child_spec& s) { s.restart = restart_type::temporary; });
  }
  /// Runs on the dispatcher of that name: `blocking`, `pinned`, `default` or a configured one, whatever the configuration
  /// says of its path.
  child_builder&& dispatcher(std::string name) && {
    return set([&](child_spec& s) { s.dispatcher = std::move(name); });
  }
  /// Runs on the dispatcher `blocking`: it may wait for a disk.
  child_builder&& blocking() && { return std::move(*this).dispatcher("blocking"); }
  /// Its mailbox (M8): `bounded(...)`, `prioritized(...)`, `unbounded()`, whatever the configuration says of its path.
  child_builder&& mailbox(mailbox_choice chosen) && {
    return set([chosen](child_spec& s) { s.mailbox = chosen; });
  }
  /// What happens to a message it fails on (S7).
  child_builder&& poison(poison_policy p) && {
    return set([p](child_spec& s) { s.poison = p; });
  }
  /// How long its supervisor waits for its stop.
  child_builder&& shutdown(duration d) && {
    return set([d](child_spec& s) { s.shutdown_time = d; });
  }
  /// How long its start may take before it counts as failed (L2); `duration::max()`: for ever.
  child_builder&& start_time(duration d) && {
    return set([d](child_spec& s) { s.start_time = d; });
  }
  /// The finished spec.
  operator child_spec() && { return std::move(spec_); }

 private:
  template <class F>
  child_builder&& set(F f) {
    f(spec_);
    return std::move(*this);
  }
  child_spec spec_;
};

/// A child that is an `A`, made of copies of `args` at each start.
template <class A, class... Args>
child_builder child(std::string id, Args... args) {
  constexpr bool copied = (std::copy_constructible<Args> && ...);
  static_assert(copied,
                "troupe: a supervisor makes its child anew from copies of the arguments, and one of these "
                "can't be copied");
  child_spec spec;
  spec.id = std::move(id);
  if constexpr (copied)
    spec.make = [args = std::make_tuple(std::move(args)...)](environment& env) {
      return std::apply([&env](const auto&... a) { return props_of<A>(env, {}, a...); }, args);
    };
  return child_builder{std::move(spec)};
}

namespace detail {

/// The strategy, as data.
supervisor_spec spec_of(const one_for_one& s);
/// The same.
supervisor_spec spec_of(const dynamic& s);

/// Starts a supervisor under `/user` and waits until it has started; throws `failed` when it has not.
cell_ptr supervise(system& sys, std::string name, supervisor_spec spec);

/// One more child.
void add_children(supervisor_spec& to, child_spec one);
/// Some more.
void add_children(supervisor_spec& to, std::vector<child_spec> several);

/// Hands `spec`, with a number for its id, to the dynamic supervisor at `path`. What can't be started is dropped and said so.
void start_dynamic(environment& env, const std::string& path, child_spec spec);

}  // namespace detail

/// A supervisor as the child of another: `child_supervisor("shards", one_for_one{}, std::move(specs))`.
template <class Strategy>
child_builder child_supervisor(std::string id, Strategy how, std::vector<child_spec> children = {}) {
  child_spec spec;
  spec.id = std::move(id);
  spec.is_supervisor = true;
  spec.make = [shape = detail::spec_of(how), children = std::move(children)](environment&) {
    supervisor_spec made = shape;
    made.children = children;
    return detail::supervisor_props(std::move(made));
  };
  return child_builder{std::move(spec)};
}

/// Starts children under a dynamic supervisor. A value; thread-safe.
template <class A>
class dynamic_children {
 public:
  dynamic_children(environment& env, std::string path) : env_(&env), path_(std::move(path)) {}

  /// Starts one temporary `A` made of `args`, which are moved into it: they may be move-only. Returns at
  /// once; when the supervisor is gone or full the arguments are destroyed and a line is logged.
  template <class... Args>
  void start(Args... args) const {
    child_spec spec;
    spec.restart = restart_type::temporary;
    // A temporary child is made once (S2), so its recipe is too, though a spec can be copied.
    spec.make = [once = std::make_shared<cell_props>(props_of<A>(*env_, {}, std::move(args)...))](
                    environment&) { return std::move(*once); };
    detail::start_dynamic(*env_, path_, std::move(spec));
  }

 private:
  environment_ptr env_;
  std::string path_;
};

/// A running supervisor under `/user`. A value; thread-safe.
class supervision {
 public:
  supervision(environment& env, cell_ptr top) noexcept : env_(&env), top_(std::move(top)) {}

  /// Its path.
  std::string path() const;

  /// A named ref to the child at `id`, which may be a path below it: `shards/7`. Valid across restarts and
  /// final stops (L5).
  template <class... Ts>
  troupe::ref<Ts...> ref(const std::string& id) const {
    return ref_to<Ts...>(*env_, path() + "/" + id);
  }

  /// The way to start children of the dynamic supervisor at `id`.
  template <class A>
  dynamic_children<A> children(const std::string& id) const {
    return {*env_, path() + "/" + id};
  }

  /// Calls `then` with the reason once it has ended for good: `failed` when it has given up (S3), `shutdown` when
  /// it was stopped. At once when it has ended already. Runs once, on a worker; it must neither block nor throw.
  void when_ended(std::function<void(const exit_reason&)> then) const;

  /// Stops it and all below it. Returns at once.
  void stop();

 private:
  environment_ptr env_;
  cell_ptr top_;
};

/// Starts a supervisor named `name` under `/user` with the given children, each a `child(...)` or a vector of specs for those that
/// are known at run time only, and waits until all have started, in order (S4). Throws `failed` with `start_failed` that names the child, after those already started have
/// been stopped.
template <class Strategy, class... Children>
supervision supervise(system& sys, std::string name, Strategy how, Children... children) {
  supervisor_spec spec = detail::spec_of(how);
  (detail::add_children(spec, std::move(children)), ...);
  return supervision{sys.env(), detail::supervise(sys, std::move(name), std::move(spec))};
}

}  // namespace troupe
