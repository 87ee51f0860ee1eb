// Spawning actors on other nodes.
//
//     auto n2 = troupe::node(sys, "n2");
//     auto made = n2.spawn<bank::account>(5s, "ada", "ada", 100).get();              // result<ref<account>>, on a thread
//     auto made = co_await n2.spawn<bank::account>(5s, "ada", "ada", 100);           // the same in an actor
//     auto made = n2.spawn<bank::account>(5s, troupe::spawn_there{"ada"}.bound_to(self()), "ada", 100);
//
// It stands there at `/user/spawned/n1/ada`. The errors are those of NS4 (spawner.hpp), and `unreachable` or `timeout`.
//
// Rules
//  SO4 The request leaves when `spawn` is called. It is done once, though it is sent again when a connection took the answer along (NS3).
//  SO5 Who gives it up, because the time is over, because the actor that awaits it ends, or because the object is destroyed, leaves no actor
//      behind: what has been made is ended.
//  SO6 Once its ref has come the actor lives by itself, whatever becomes of this node, as in Erlang: stop it, watch it, link to it. One that is
//      bound (`bound_to`) ends with the actor that it is bound to, and when its node declares this one down.
#pragma once

#include <coroutine>
#include <optional>
#include <string>
#include <troupe/node/remoting.hpp>
#include <troupe/node/spawn_errand.hpp>
#include <troupe/node/spawnable.hpp>
#include <troupe/pattern/asking_inside.hpp>
#include <utility>

namespace troupe {

/// What is chosen for an actor on another node: its name and more. No aggregate, so that it may stand in a `co_await` (decision 0007).
class spawn_there {
 public:
  /// Its name, unique among those that this node has had spawned there; empty: a number.
  spawn_there(std::string name = {}) : name_(std::move(name)) {}
  /// The same.
  spawn_there(const char* name) : name_(name) {}
  /// It ends with `who`, an actor of this node, however that ends (SO6).
  spawn_there&& bound_to(any_ref who) && {
    with_ = std::move(who);
    return std::move(*this);
  }
  /// How long its stop may take; a minute at most. 5 s by default; 0: it is ended by force.
  spawn_there&& shutdown(duration time) && {
    shutdown_time_ = time;
    return std::move(*this);
  }

  /// The name.
  const std::string& name() const noexcept { return name_; }
  /// Whom it is bound to; empty: nobody.
  const any_ref& with() const noexcept { return with_; }
  /// How long its stop may take.
  duration shutdown_time() const noexcept { return shutdown_time_; }

 private:
  std::string name_;
  any_ref with_;
  duration shutdown_time_ = seconds{5};
};

namespace detail {

/// An order for an `A`, without its arguments.
template <spawnable A>
spawn_order order_of(std::string node) {
  spawn_order order;
  order.node = std::move(node);
  order.what.type = spawn_contract_of<A>.name;
  order.what.version = spawn_contract_of<A>.version;
  order.what.arguments = type_name_of<spawn_arguments<A>>;
  return order;
}

/// `fetch_spawned::wrap` for who wants a `ref<A>`.
template <class A>
engine::envelope_ptr wrapped_ref(const address_ptr& who) {
  return engine::make_envelope<ref<A>>(message_type_of<ref<A>>, ref<A>{who});
}

/// Ends that errand, if it is one.
void drop_errand(const any_ref& errand) noexcept;

}  // namespace detail

/// An actor that is being spawned on another node (SO4-SO6). Movable; await it in an actor, or `get` it on a thread. Once only.
template <class A>
class [[nodiscard]] spawning {
 public:
  /// What `errand` is about, or what went wrong.
  spawning(result<any_ref> errand, duration timeout)
      : errand_(errand ? *errand : any_ref{}), timeout_(timeout) {}
  spawning(spawning&& other) noexcept
      : errand_(std::exchange(other.errand_, any_ref{})), timeout_(other.timeout_) {}
  spawning& operator=(spawning&&) = delete;
  ~spawning() { detail::drop_errand(errand_); }

  /// Waits for it, on a thread. Throws as `future::get`.
  result<ref<A>> get() { return as_future().get(); }

  /// The same as a future, for threads.
  future<ref<A>> as_future() {
    const any_ref errand = std::exchange(errand_, any_ref{});
    return future<ref<A>>{detail::ask_from_thread(
        errand.address(),
        engine::make_envelope<detail::fetch_spawned>(message_type_of<detail::fetch_spawned>, fetch()),
        message_type_of<ref<A>>, limit())};
  }

  /// For a coroutine of an actor. Throws `failed` with `invalid` outside of actors, and is what it was then.
  asking<ref<A>> operator co_await() && {
    cell& here = detail::turn_of("an actor on another node is awaited in an actor; a thread uses get()");
    const any_ref errand = std::exchange(errand_, any_ref{});
    return asking<ref<A>>{detail::ask_inside(
        here, errand.address(),
        engine::make_envelope<detail::fetch_spawned>(message_type_of<detail::fetch_spawned>, fetch()),
        message_type_of<ref<A>>, limit())};
  }

 private:
  static detail::fetch_spawned fetch() noexcept { return {&detail::wrapped_ref<A>}; }
  // The errand knows when the time is over, and why nothing has come of it; this is for the case that it is gone.
  duration limit() const noexcept {
    return timeout_ > duration::max() - seconds{1} ? timeout_ : timeout_ + seconds{1};
  }

  any_ref errand_;
  duration timeout_;
};

template <class A, class... Args>
spawning<A> peer_node::spawn(duration timeout, spawn_there how, Args&&... args) const {
  static_assert(spawnable<A>,
                "troupe: an actor that is spawned on another node needs a TROUPE_SPAWNABLE behind its class");
  static_assert(!((!std::is_reference_v<Args> && std::is_aggregate_v<Args> &&
                   !std::is_trivially_destructible_v<Args>) ||
                  ...),
                "troupe: g++ 12 destroys an aggregate temporary inside co_await twice: pass a named object");
  if constexpr (!spawnable<A>) {
    return {error{errc::invalid}, timeout};  // what follows from the mistake is not said as well
  } else if constexpr (!detail::fits_spawnable<A, Args...>) {
    static_assert(detail::fits_spawnable<A, Args...>,
                  "troupe: the arguments are not those that TROUPE_SPAWNABLE says");
    return {error{errc::invalid}, timeout};
  } else {
    const address_ptr there = remoting_->address_of(name_, std::string{spawner_path});
    environment& env = *there->home();
    detail::spawn_order order = detail::order_of<A>(name_);
    order.what.bytes = pack(spawn_arguments<A>(std::forward<Args>(args)...), detail::names_of(env));
    order.what.name = how.name();
    order.what.shutdown_time = how.shutdown_time();
    order.what.bound = bool(how.with());
    order.with = how.with();
    order.patience = timeout;
    return {detail::start_errand(env, std::move(order)), timeout};
  }
}

}  // namespace troupe
