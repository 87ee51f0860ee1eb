// The plain CAF actors of a hosted system, so that a shutdown can tell them to go and say who did not.
//
// Rules
//  PA1 An event-based actor is known from its first turn on our workers to its end. CAF shows us no other: blocking and
//      detached actors run on threads of their own and are told only if they are registered under a name; CAF counts
//      them all the same, so a shutdown waits for them.
//  PA2 Known actors are held weakly: being known keeps nobody alive. CAF's hidden actors are none of ours.
//  PA3 Once `stop_all` was called, an actor that has its first turn later is told as well.
#pragma once

#include <caf/actor_addr.hpp>
#include <caf/fwd.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe {

/// Who is alive (PA1-PA3). Thread-safe.
class plain_actors : public std::enable_shared_from_this<plain_actors> {
 public:
  /// Notes an actor that is about to have a turn, if it is its first.
  void before_turn(caf::scheduled_actor& who);

  /// Sends every known actor of `system` the exit `user_shutdown`. Returns at once; what is in a mailbox is handled before.
  void stop_all(caf::actor_system& system);

  /// Waits until all actors of `system` have ended: those that CAF counts, and of those known also what was attached to
  /// their end. Call it after `stop_all`.
  void await_end(caf::actor_system& system);

  /// Takes the names of all actors out of CAF's registry, once they have ended: the registry keeps its handles, and a
  /// detached actor's thread lasts as long as the last handle.
  static void release_names(caf::actor_system& system);

  /// Those alive, as `name#id`, in the order they were spawned; at most `most` of them.
  std::vector<std::string> living(std::size_t most) const;

 private:
  void gone(caf::actor_id who);

  mutable std::mutex mutex_;
  std::map<caf::actor_id, caf::actor_addr> living_;  // guarded by mutex_
  std::condition_variable none_left_;
  bool stopping_ = false;  // guarded by mutex_
};

}  // namespace troupe
