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
#include <map>
#include <memory>
#include <string>
#include <troupe/engine/gate.hpp>
#include <vector>

namespace troupe {

/// Who is alive (PA1-PA3). Thread-safe.
class plain_actors : public std::enable_shared_from_this<plain_actors> {
 public:
  /// Those of a system that `by` steps; null: that has threads.
  explicit plain_actors(port::stepper* by) noexcept : stepper_(by), gate_(by) {}

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

  port::stepper* const stepper_;
  engine::gate gate_;
  std::map<caf::actor_id, caf::actor_addr> living_;  // guarded by the gate's mutex
  bool stopping_ = false;                            // and this
};

}  // namespace troupe
