// Supervisors of other nodes: how children are started below them. All else that is asked of one, `which_children` or `terminate_child`, is a
// message with a contract (tree/messages.hpp): `far.admin().ask(which_children{}, 1s)`.
//
//     troupe::far_supervisor bank{troupe::node(sys, "n2"), "/user/bank"};
//     auto ada = bank.start<account>(5s, troupe::child_there{"ada"}.transient(), "ada", 100).get();   // result<child_info>, on a thread
//     auto ada = co_await bank.start<account>(5s, troupe::child_there{"ada"}, "ada", 100);            // the same in an actor
//
// The class needs a TROUPE_SPAWNABLE, its node makes it for this one (node_options::types and `spawnable`), and this one may send
// `troupe.supervisor.start_child` to the supervisor's path. What is promised: child_messages.hpp, CN1-CN5. The errors are those of `start_child`, and of what
// is spawned elsewhere (spawner.hpp, NS4).
#pragma once

#include <string>
#include <troupe/node/child_messages.hpp>
#include <troupe/node/far_spawn.hpp>
#include <utility>

namespace troupe {

/// What is chosen for a child on another node. No aggregate, so that it may stand in a `co_await` (decision 0007).
class child_there {
 public:
  /// Its name among its siblings; empty: a number, of a dynamic supervisor.
  child_there(std::string id = {}) : id_(std::move(id)) {}
  /// The same.
  child_there(const char* id) : id_(id) {}
  /// Restarted only when it failed.
  child_there&& transient() && {
    restart_ = restart_type::transient;
    return std::move(*this);
  }
  /// Never restarted.
  child_there&& temporary() && {
    restart_ = restart_type::temporary;
    return std::move(*this);
  }
  /// Its end by itself may end its supervisor. It has to be transient or temporary.
  child_there&& significant() && {
    significant_ = true;
    return std::move(*this);
  }
  /// How long its supervisor waits for its stop; a minute at most; 0: it is ended by force.
  child_there&& shutdown(duration time) && {
    shutdown_time_ = time;
    return std::move(*this);
  }
  /// It takes the place of the child of that name, which is stopped if it runs (`replace_child`).
  child_there&& in_its_place() && {
    replaces_ = true;
    return std::move(*this);
  }
  /// All of that in `to`.
  void put_into(child_request& to) && {
    to.id = std::move(id_);
    to.restart = restart_;
    to.significant = significant_;
    to.shutdown_time = shutdown_time_;
    to.replaces = replaces_;
  }

 private:
  std::string id_;
  restart_type restart_ = restart_type::permanent;
  bool significant_ = false;
  bool replaces_ = false;
  duration shutdown_time_ = seconds{5};
};

/// A child that is to be started on another node. The request leaves when this is awaited, in an actor, or got, on a thread. Once only.
class [[nodiscard]] starting_child {
 public:
  starting_child(ref<child_request> to, child_request what, duration timeout)
      : to_(std::move(to)), what_(std::move(what)), timeout_(timeout) {}

  /// Waits for it, on a thread. Throws as `future::get`.
  result<child_info> get() { return as_future().get(); }
  /// The same as a future, for threads.
  future<child_info> as_future() {
    return future<child_info>{
        detail::ask_from_thread(to_.address(), envelope(), message_type_of<child_info>, timeout_)};
  }
  /// For a coroutine of an actor. Throws `failed` with `invalid` outside of actors.
  asking<child_info> operator co_await() && {
    cell& here = detail::turn_of("a child on another node is awaited in an actor; a thread uses get()");
    return asking<child_info>{
        detail::ask_inside(here, to_.address(), envelope(), message_type_of<child_info>, timeout_)};
  }

 private:
  engine::envelope_ptr envelope() {
    return engine::make_envelope<child_request>(message_type_of<child_request>, std::move(what_));
  }

  ref<child_request> to_;
  child_request what_;
  duration timeout_;
};

/// A supervisor on another node. A value; thread-safe while its system lives.
class far_supervisor {
 public:
  /// The one at `path` on that node.
  far_supervisor(peer_node on, std::string path) : on_(std::move(on)), path_(std::move(path)) {}

  /// Where all else is asked of it (tree/messages.hpp). A named ref (L5).
  supervisor_ref admin() const {
    return on_
        .ref<which_children, count_children, start_child, start_from_pattern, terminate_child, restart_child,
             delete_child, replace_child, set_restart_limit, set_strategy, what_if, recent_decisions>(path_);
  }

  /// Has a child started below it that is an `A`, made there of `args` at each start; answered when it has started, with what its supervisor knows of
  /// it. Throws `failed` with `not_found` for a node that is not known here.
  template <class A, class... Args>
  starting_child start(duration timeout, child_there how, Args&&... args) const {
    static_assert(
        spawnable<A>,
        "troupe: a child that is started on another node needs a TROUPE_SPAWNABLE behind its class");
    ref<child_request> to = on_.ref<child_request>(std::string{spawner_path});
    child_request what;
    if constexpr (spawnable<A>) {
      static_assert(detail::fits_spawnable<A, Args...>,
                    "troupe: the arguments are not those that TROUPE_SPAWNABLE says");
      if constexpr (detail::fits_spawnable<A, Args...>) {
        spawn_request like = detail::order_of<A>({}).what;
        what.type = std::move(like.type);
        what.version = like.version;
        what.arguments = std::move(like.arguments);
        what.bytes =
            pack(spawn_arguments<A>(std::forward<Args>(args)...), detail::names_of(*to.address()->home()));
      }
    }
    what.below = path_;
    std::move(how).put_into(what);
    return {std::move(to), std::move(what), timeout};
  }

 private:
  peer_node on_;
  std::string path_;
};

}  // namespace troupe
