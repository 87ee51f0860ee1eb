// What stands in the tree for an actor on another node: the body of a cell that has the actor spawned, hands on what comes, and ends with it.
//
// Rules
//  FC1 Each start has an actor spawned, on the first node of its choice that serves (node_choice.hpp, PC1, PC2). It has started when the actor
//      has. When no node serves, the start fails with the reason of each; when the actor's own start fails, that is the failure.
//  FC2 Whatever comes is handed on, in order (M3), asks with their askers. While there is no actor it waits, over restarts too (S6). What was in the
//      actor's own mailbox when it ended, and what a connection took along, is lost (M4), as with any actor of another node.
//  FC3 The end of the actor is the cell's. `normal` ends it normally. Anything else is a failure for the supervisor to judge (S11): its exception; that
//      it was stopped there, as when its node goes down; `unreachable`, that its node was declared down (R5).
//  FC4 The actor is bound to a lease, a child of this cell (NS1): whoever ends this cell, its body, or its node, ends the actor, at once where the nodes
//      can talk, else as soon as its node declares this one down or hears from it again. So of one child one actor lives, except while nodes
//      can't talk to each other: then, for as long as that lasts, the one before may go on beside the new one.
//  FC5 Stop and restart wait for the end of the actor, within the cell's shutdown time; of that a part is kept for the way (`way_time`). Past it the
//      actor is given up with an event that names its node; it ends by FC4.
//  FC6 A message that the actor fails on is the other node's, so no `poison` policy but `drop` makes sense, and any other fails the start.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <troupe/cell/body.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/cell_timer.hpp>
#include <troupe/cell/props.hpp>
#include <troupe/children/node_choice.hpp>
#include <troupe/node/spawn_errand.hpp>
#include <troupe/tree/lives_elsewhere.hpp>

namespace troupe::detail {

/// What a remote child is: shared by its starts.
struct far_child_plan {
  node_choice where;
  std::function<spawn_request(environment&)>
      request;  ///< type and arguments; their codecs run in the child's turn (S4)
};
/// A shared plan.
using far_child_plan_ptr = std::shared_ptr<const far_child_plan>;

/// Where the actor is, and where the next one is due; with the cell, over restarts.
class far_place final : public lives_elsewhere {
 public:
  std::string lives_at() const override;
  /// It is there now; empty: nowhere. Thread-safe.
  void moved(std::string to);
  /// The place of the node that is due (PC2). In the cell's turn.
  std::size_t due = 0;

 private:
  mutable std::mutex mutex_;
  std::string at_;  // guarded by mutex_
};

/// See above (FC1-FC6).
class far_child final : public body {
 public:
  explicit far_child(far_child_plan_ptr plan);
  ~far_child() override;

  bool start_body() override;
  void receive(delivery& d) override;
  void give_back(std::deque<engine::envelope_ptr>& put_back) override;
  void end_tasks() noexcept override;
  bool let_go() override;
  bool can_pause() const noexcept override { return true; }
  void child_failed(cell& child, const failure& why) override;
  void describe_body(body_description& out) const override;

  /// The errand with that number has an actor, or has none. In the cell's turn.
  void told(std::uint64_t errand, result<address_ptr> how);
  /// The actor has ended. In the cell's turn.
  void ended(std::uint64_t errand, const exit_reason& why);

  /// What of a shutdown time is kept for the way to the other node and back.
  static duration way_time(duration shutdown_time) noexcept;

 private:
  class end_of_actor;

  far_place& place() const;
  const std::string& node() const { return plan_->where.nodes()[at_]; }
  void try_node();
  void overdue();

  cell* const self_;
  const far_child_plan_ptr plan_;
  spawn_request request_;
  std::size_t at_ = 0;                        // the place of the node that is tried, or was
  std::size_t tried_ = 0;                     // nodes, in this start
  std::string refusals_;                      // what they have said
  cell_ptr errand_;                           // the lease; null: there is none
  address_ptr actor_;                         // null: there is none, or it has ended
  address_ptr listener_;                      // to its end
  std::deque<engine::envelope_ptr> waiting_;  // came when it had ended (FC2)
  cell_timer_ptr limit_;                      // of its end (FC5)
  bool leaves_ = false;                       // it was told to end
};

/// The props of a cell with such a body, which takes the messages of `kind`.
cell_props far_child_props(const actor_class& kind, far_child_plan_ptr plan);

}  // namespace troupe::detail
