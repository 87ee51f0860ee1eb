// The supervisor: starts its children in order, puts failed ones back as its strategy says, and gives up past its limit. What is to be
// done is decided in `policy`; this carries it out, by messages alone.
//
// Rules
//  SU1 Children are started one after the other; the supervisor has started when all have (S4). If one fails to start, those already
//      started are stopped in reverse and the supervisor's own start fails, naming the child.
//  SU2 A failed child is suspended (S11); what its rules say of the exception comes first (failure_rules.hpp), then its restart type
//      (S2), then the limit (S3). A restart keeps its cell (S6), in a group too: the others are held, in reverse, and made anew in order
//      (group_work.hpp).
//  SU3 Each restart is recorded in the window, that of a group once; past it the supervisor fails to its parent (S3). Retries of one
//      poison message are recorded once, and each time that one is put back (S7). A child whose restarts wait (S9) has a limit of its own instead.
//  SU4 Only messages drive it: a restart that fails again comes back as a new failure, so a stop interleaves (S9), and so does whatever an
//      administrator wants (messages.hpp).
//  SU5 Of children that one alone concerns (one_for_one, dynamic) each is restarted by itself: a slow one holds nobody up.
//  SU6 A child that does not go down within its shutdown time is given up (S5): it is no child any more, and a new cell takes its place
//      where it is to be restarted.
//  SU7 What an administrator stops ends nobody else, is not counted and does not come back by itself, except with its group.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <troupe/actor/actor.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/base/restart_window.hpp>
#include <troupe/observe/event.hpp>
#include <troupe/policy/group_work.hpp>
#include <troupe/tree/child_table.hpp>
#include <troupe/tree/decisions.hpp>
#include <troupe/tree/messages.hpp>

namespace troupe {

namespace detail {

/// The props of a cell whose body is a supervisor of `spec`.
cell_props supervisor_props(std::shared_ptr<const supervisor_spec> spec);

}  // namespace detail

/// A supervisor (SU1-SU7).
class supervisor : public actor<which_children, count_children, start_child, start_from_pattern,
                                terminate_child, restart_child, delete_child, replace_child,
                                set_restart_limit, set_strategy, what_if, recent_decisions> {
 public:
  explicit supervisor(std::shared_ptr<const supervisor_spec> spec);

  /// Starts the first of its children (SU1).
  detail::starts_later on_start();

  // ---- body
  void child_started(cell& child, bool again) override;
  void child_failed(cell& child, const failure& why) override;
  void child_held(cell& child) override;
  void child_stopped(cell& child, const exit_reason& reason) override;
  stop_order children_stop_order() const noexcept override;
  bool can_pause() const noexcept override { return false; }
  /// Whoever links itself to a supervisor ends with it, and not the other way round: a supervisor is there to outlive others (OTP's traps
  /// exits, and takes none but its parent's and its children's).
  void on_link_ended(const link_ended&) override {}

  // ---- messages (supervisor_admin.cpp)
  /// See there, as for all of these.
  std::vector<child_info> on(const which_children&);
  /// See there.
  child_counts on(const count_children&);
  /// See there.
  promise<child_info> on(const start_child& m);
  /// See there.
  promise<child_info> on(const start_from_pattern&);
  /// See there.
  promise<child_info> on(const terminate_child& m);
  /// See there.
  promise<child_info> on(const restart_child& m);
  /// See there.
  result<child_info> on(const delete_child& m);
  /// See there.
  promise<child_info> on(const replace_child& m);
  /// See there.
  result<bool> on(const set_restart_limit& m);
  /// See there.
  result<bool> on(const set_strategy& m);
  /// See there.
  promise<forecast> on(const what_if& m);
  /// See there.
  std::vector<decision> on(const recent_decisions&);

 private:
  bool is_dynamic() const noexcept { return how_ == strategy::dynamic; }
  bool is_group() const noexcept { return how_ == strategy::one_for_all || how_ == strategy::rest_for_one; }
  bool is_at_work() const noexcept;
  environment& env() const noexcept { return own_cell().env(); }

  // supervisor.cpp: steps
  void advance();
  void finish_start();
  void launch(child_entry& e);
  void launch_alone(child_entry& e);
  cell_props props_for(const child_entry& e);
  cell* next_in_line(const child_entry& e) noexcept;
  void move(child_entry& e, child_phase to) noexcept;
  void expect_gone(child_entry& e);
  cell_timer_ptr later(duration delay, std::function<void()> then);
  void tell_started(child_entry& e, result<child_info> how);
  void tell_stopped(child_entry& e);
  void erase(child_entry& e);

  // supervisor_failures.cpp: decisions
  void start_has_failed(child_entry& e, const error& why);
  void was_not_started(child_entry& e);
  bool may_restart(child_entry& e, const cell& child, const failure& why);
  bool within_limit(child_entry& e, const cell& child, const failure& why);
  void restart(child_entry& e, exit_kind exit, bool has_a_body_to_end);
  void wait_before_restart(child_entry& e, duration wait);
  void ended_for_good(child_entry& e, bool by_itself);
  void shut_down_by(const child_entry& e);
  void give_up(error why);
  void report(const child_entry& e, const cell& child, const failure& why, std::string action,
              bool restarts = false);
  void report_end(event news, std::string who);

  // what it has decided (decisions.hpp)
  decision_log& decided();
  decision_log* open_decisions() const noexcept;
  void tell_done(decision_log& log);

  // supervisor_admin.cpp
  promise<child_info> begin(child_spec&& spec);
  result<child_entry*> known(const std::string& id);
  child_info info_of(const child_entry& e) const;
  void await_start(child_entry& e, promise<child_info> who);
  void adopt_successor(child_entry& e);
  void take_place(child_entry& e);

  // supervisor_forecast.cpp: what would be
  task<void> ask_below(promise<forecast> who, std::string id, std::string rest);
  forecast forecast_of(const child_entry& e, exit_kind exit, std::string out) const;
  forecast of_staying_down(const child_entry& e, std::string out) const;
  forecast of_ending(exit_kind how, std::string out) const;
  std::string names_at(const char* what, const std::vector<std::size_t>& places) const;

  const std::shared_ptr<const supervisor_spec> told_;
  strategy how_;           // as told, until `set_strategy`
  restart_window window_;  // likewise
  std::shared_ptr<const child_spec> pattern_;
  failure_rules_ptr rules_;  // of its own; null: none
  child_table children_;
  group_work work_;  // of all strategies but `dynamic`: who starts next
  std::optional<prng> random_;
  bool started_ = false;
};

}  // namespace troupe
