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
#include <troupe/cell/shared_recipe.hpp>
#include <troupe/spec/supervisor_spec.hpp>
#include <troupe/tree/supervisor_ref.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace troupe {

/// A failed child is restarted alone. `intensity` restarts within `period` are allowed (S3).
struct one_for_one {
  std::uint32_t intensity = 1;
  duration period = seconds{5};
  troupe::auto_shutdown auto_shutdown = troupe::auto_shutdown::off;
  failure_rules rules =
      {};  ///< for all children, behind their own: `failure_rules{}.on_failure<timeout>(...)`
};

/// With a failed child all its siblings are restarted: down in reverse, up in order (S1).
struct one_for_all {
  std::uint32_t intensity = 1;
  duration period = seconds{5};
  troupe::auto_shutdown auto_shutdown = troupe::auto_shutdown::off;
  failure_rules rules = {};
};

/// With a failed child those started after it are restarted: down in reverse, up in order (S1).
struct rest_for_one {
  std::uint32_t intensity = 1;
  duration period = seconds{5};
  troupe::auto_shutdown auto_shutdown = troupe::auto_shutdown::off;
  failure_rules rules = {};
};

/// Children are started one by one while it runs, by `dynamic_children` or a message (S1).
struct dynamic {
  std::uint32_t intensity = 1;
  duration period = seconds{5};
  std::size_t children_max = 100'000;
  troupe::auto_shutdown auto_shutdown = troupe::auto_shutdown::off;
  failure_rules rules = {};
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
  /// Its end by itself may end its supervisor (`auto_shutdown`). It has to be transient or temporary.
  child_builder&& significant() && {
    return set([](child_spec& s) { s.is_significant = true; });
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
  /// Its restarts wait, each longer than the one before, until it has been quiet for a while (S9). `failures_max`: in a row, past which
  /// its supervisor fails; 0: no limit. They do not use up the supervisor's own.
  child_builder&& backoff(backoff_settings waits, std::uint32_t failures_max = 0) && {
    return set([&](child_spec& s) { s.pace = backoff_restart{waits, failures_max}; });
  }
  /// It is restarted at once until it has failed too often; then it stays down for a while and gets one trial (restart_pace.hpp).
  child_builder&& circuit(circuit_restart how) && {
    return set([&](child_spec& s) { s.pace = how; });
  }
  /// What is done when it fails with an `E`, unless one said before does. Innermost first: what its supervisor says comes after.
  template <class E>
  child_builder&& on_failure(directive then) && {
    return set([&](child_spec& s) { s.rules.add<E>(then); });
  }
  /// How long its supervisor waits for its stop; `duration::max()`: for ever.
  child_builder&& shutdown(duration d) && {
    return set([d](child_spec& s) { s.shutdown_time = d; });
  }
  /// Its supervisor does not wait for its stop at all: it is told to, and no child any more (OTP's brutal_kill).
  child_builder&& brutal_kill() && { return std::move(*this).shutdown(duration::zero()); }
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

namespace detail {

/// `props_of` for arguments that many children share (RE2).
template <class A, class... Args>
cell_props shared_props_of(environment& env, const std::shared_ptr<const std::tuple<Args...>>& args) {
  static_assert(
      detail::can_be_made<A, Args...>(),
      "troupe: the actor can't be made from these arguments: no public constructor of its class takes them");
  if constexpr (std::is_base_of_v<actor_base, A> && !std::is_final_v<A> && can_be_made<A, Args...>())
    return props_with<A>(env, {}, shared_recipe_of<hosted<A>>(args));
  else
    return props_with<A>(env, {}, nullptr);
}

}  // namespace detail

/// A child that is an `A`, made of copies of `args` at each start, in its own turn (RE2).
template <class A, class... Args>
child_builder child(std::string id, Args... args) {
  constexpr bool copied = (std::copy_constructible<Args> && ...);
  static_assert(copied,
                "troupe: a supervisor makes its child anew from copies of the arguments, and one of these "
                "can't be copied");
  child_spec spec;
  spec.id = std::move(id);
  if constexpr (copied)
    spec.make = [args = std::make_shared<const std::tuple<Args...>>(std::move(args)...)](environment& env) {
      return detail::shared_props_of<A>(env, args);
    };
  return child_builder{std::move(spec)};
}

/// What the children of a dynamic supervisor have in common: everything but their arguments, with `args` as those of `start_from_pattern`.
/// It stands where other supervisors have children: `child_supervisor("sessions", dynamic{}, child_template<session>().transient())`.
template <class A, class... Args>
child_builder child_template(Args... args) {
  if constexpr (sizeof...(Args) == 0 && !detail::can_be_made<A>())
    return child_builder{child_spec{}};  // each start says of what
  else
    return child<A>({}, std::move(args)...);
}

namespace detail {

/// The strategy, as data.
supervisor_spec spec_of(const one_for_one& s);
/// The same.
supervisor_spec spec_of(const one_for_all& s);
/// The same.
supervisor_spec spec_of(const rest_for_one& s);
/// The same.
supervisor_spec spec_of(const dynamic& s);

/// Starts a supervisor under `/user` and waits until it has started; throws `failed` when it has not.
cell_ptr supervise(system& sys, std::string name, supervisor_spec spec);

/// One more child, or the pattern of a dynamic supervisor.
void add_children(supervisor_spec& to, child_spec one);
/// Some more.
void add_children(supervisor_spec& to, std::vector<child_spec> several);

/// A supervisor as a child.
child_spec supervisor_child(std::string id, supervisor_spec spec);

/// Sends the supervisor a `start_child` with `spec`.
void tell_to_start(const ref<start_child>& whom, child_spec spec);
/// The same, and hears of it.
future<child_info> ask_to_start(const ref<start_child>& whom, child_spec spec, duration timeout);

}  // namespace detail

/// A tree as data, to be looked at (spec/lint.hpp) or started (`supervise`): a strategy, and children as `supervise` takes them.
template <class Strategy, class... Children>
supervisor_spec tree(Strategy how, Children... children) {
  supervisor_spec spec = detail::spec_of(how);
  (detail::add_children(spec, std::move(children)), ...);
  return spec;
}

/// A supervisor as the child of another: `child_supervisor("shards", one_for_one{}, ...)`, with each child a `child(...)` or a vector of
/// specs.
template <class Strategy, class... Children>
child_builder child_supervisor(std::string id, Strategy how, Children... children) {
  return child_builder{detail::supervisor_child(std::move(id), tree(std::move(how), std::move(children)...))};
}

/// The same for a list in braces.
template <class Strategy>
child_builder child_supervisor(std::string id, Strategy how, std::vector<child_spec> children) {
  return child_builder{detail::supervisor_child(std::move(id), tree(std::move(how), std::move(children)))};
}

/// Starts children under a dynamic supervisor. A value; thread-safe.
template <class A>
class dynamic_children {
 public:
  dynamic_children(environment& env, std::string path)
      : to_(ref_to<start_child>(env, std::move(path))), env_(&env) {}

  /// Starts one `A` made of `args`, as the supervisor's pattern says; without one it is temporary. A temporary one may have move-only
  /// arguments. Returns at once; when the supervisor is gone or full the arguments are destroyed, and a dead letter or a line in the log
  /// says so.
  template <class... Args>
  void start(Args... args) const {
    detail::tell_to_start(to_, spec_with(std::move(args)...));
  }

  /// The same, and answers with its path when it has started (messages.hpp, `start_child`).
  template <class... Args>
  future<child_info> start_and_tell(duration timeout, Args... args) const {
    return detail::ask_to_start(to_, spec_with(std::move(args)...), timeout);
  }

 private:
  template <class... Args>
  child_spec spec_with(Args... args) const {
    if constexpr ((std::copy_constructible<Args> && ...)) {
      child_spec spec = child<A>({}, std::move(args)...);
      spec.restart = restart_type::temporary;
      return spec;
    } else {
      child_spec spec;
      spec.restart = restart_type::temporary;
      // A temporary child is made once (S2), so its recipe is too, though a spec can be copied.
      spec.make = [once = std::make_shared<cell_props>(props_of<A>(*env_, {}, std::move(args)...))](
                      environment&) { return std::move(*once); };
      return spec;
    }
  }

  troupe::ref<start_child> to_;
  environment_ptr env_;
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

  /// Where to administrate it: `bank.admin().ask(which_children{}, 1s)` (messages.hpp). A named ref (L5).
  supervisor_ref admin() const { return ref_to_supervisor({}); }
  /// The same for the supervisor at `id`, which may be a path below it.
  supervisor_ref admin(const std::string& id) const { return ref_to_supervisor("/" + id); }

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
  supervisor_ref ref_to_supervisor(const std::string& below) const;

  environment_ptr env_;
  cell_ptr top_;
};

/// Starts a tree that is there as data; else as below.
inline supervision supervise(system& sys, std::string name, supervisor_spec spec) {
  return supervision{sys.env(), detail::supervise(sys, std::move(name), std::move(spec))};
}

/// Starts a supervisor named `name` under `/user` with the given children, each a `child(...)` or a vector of specs for those that
/// are known at run time only, and waits until all have started, in order (S4). Throws `failed` with `start_failed` that names the child, after those already started have
/// been stopped.
template <class Strategy, class... Children>
supervision supervise(system& sys, std::string name, Strategy how, Children... children) {
  return supervise(sys, std::move(name), tree(std::move(how), std::move(children)...));
}

}  // namespace troupe
