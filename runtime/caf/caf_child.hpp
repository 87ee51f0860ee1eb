// What stands in the tree for a plain CAF actor (S10): the body of a cell that makes the actor, hands on what comes, and ends with it.
//
// Rules
//  CC1 Each start calls the factory and watches the actor that it returns. The factory runs in the cell's turn (S4). What it throws, and a
//      handle that is of no use, fails the start with a line that names what is wrong.
//  CC2 Whatever comes is handed on: a message of ours as a CAF message without a sender, an ask as a CAF request (CA1, CA2), what a CAF
//      actor sent as it is, so that the answer to its request goes straight to it. Nothing is handed to an actor that is known to have
//      ended: it waits for the next one (S6).
//  CC3 The end of the actor is the cell's, by the table of caf_errors.hpp (CR1): `normal` ends it normally, `shutdown` and `killed` end it
//      as such, and anything else is a failure with CAF's text, for the supervisor to judge (S11).
//  CC4 Before the body goes, the actor does: it is sent CAF's `user_shutdown` and given the cell's shutdown time, then `kill` and a second
//      (`kill_time`). One that does not end even then is left behind, reported as `shutdown_slow`: its thread never comes back to CAF, or
//      it is a blocking actor that does not receive `caf::exit_msg`, which CAF treats as any message there. A body that is ended by force
//      sends `kill` and waits for nobody.
//  CC5 What was in the actor's own mailbox when it ended is lost; a line in the log says how many messages that were (CU1).
//  CC6 A message that it fails on is in CAF's hands, so no `poison` policy but `drop` makes sense, and any other fails the start.
//  CC7 An actor with a thread of its own (blocking, detached) fails the start in a simulation (D2): it would not be part of it.
#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <troupe/base/units.hpp>
#include <troupe/caf/counted_element.hpp>
#include <troupe/cell/body.hpp>
#include <troupe/cell/cell_timer.hpp>
#include <troupe/cell/props.hpp>

namespace troupe {

/// Spawns a CAF actor in the system that it is given. Called at each start, on the cell's dispatcher.
using caf_factory = std::function<caf::strong_actor_ptr(caf::actor_system&)>;

/// The body of such a cell (CC1-CC7).
class caf_child final : public body {
 public:
  /// How long an actor may take to end after CAF's `kill`.
  static constexpr duration kill_time = seconds{1};

  explicit caf_child(std::shared_ptr<const caf_factory> make);
  ~caf_child() override;

  bool start_body() override;
  void receive(delivery& d) override;
  void give_back(std::deque<engine::envelope_ptr>& put_back) override;
  void end_tasks() noexcept override;
  bool let_go() override;
  bool can_pause() const noexcept override { return true; }
  void describe_body(body_description& out) const override;

  /// The actor has ended. In the cell's turn.
  void ended(const caf::error& why);

 private:
  void check_use_of(const caf::strong_actor_ptr& made) const;
  void overdue();
  void say_what_is_lost(std::uint64_t how_many) const;

  cell* const self_;
  const std::shared_ptr<const caf_factory> make_;
  caf::strong_actor_ptr actor_;  // null: there is none, or it has ended
  std::string name_;             // of the actor, for people
  std::shared_ptr<unseen_count> counts_;
  std::deque<engine::envelope_ptr> waiting_;  // came when it had ended (CC2)
  cell_timer_ptr limit_;                      // of its end
  bool leaves_ = false;                       // it was told to end
  bool killed_ = false;                       // and then to be killed
};

/// The props of a cell with such a body.
cell_props caf_child_props(std::shared_ptr<const caf_factory> make);

}  // namespace troupe
