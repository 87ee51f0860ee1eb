// The body of a supervisor: starts its children in order, puts failed ones back within its limit, gives up
// past it.
//
// Rules
//  SU1 Children are started one after the other; the supervisor has started when all have (S4). If one fails to
//      start, those already started are stopped in reverse and the supervisor's own start fails, naming the
//      child.
//  SU2 A failed child is suspended; the supervisor restarts it in its cell (S6) or stops it, by its restart
//      type (S2).
//  SU3 Each restart is recorded in the window; past it the supervisor fails to its parent (S3). Retries of one
//      poison message are recorded once (S7).
//  SU4 Only messages drive it: a restart that fails again comes back as a new failure, so a stop interleaves
//      (S9).
#pragma once

#include <memory>
#include <troupe/base/restart_window.hpp>
#include <troupe/cell/body.hpp>
#include <troupe/observe/event.hpp>
#include <troupe/policy/verdict.hpp>
#include <troupe/tree/supervisor_spec.hpp>
#include <unordered_map>

namespace troupe {

/// A supervisor (SU1-SU4).
class supervisor final : public body {
 public:
  explicit supervisor(std::shared_ptr<const supervisor_spec> spec);

  bool start_body() override;
  void receive(delivery& d) override;
  void child_started(cell& child, bool again) override;
  void child_failed(cell& child, const failure& why) override;
  void child_stopped(cell& child, const exit_reason& reason) override;
  stop_order children_stop_order() const noexcept override;

  /// Starts one more child (dynamic). In the supervisor's turn. `errc::overloaded` past `children_max`.
  result<cell_ptr> start_dynamic(child_spec spec);

 private:
  struct entry {
    child_spec spec;
    cell_ptr cell;
    time_point failed_at = never;
  };

  void start_next();
  result<cell_ptr> spawn(entry& e);
  entry* find(const cell& child);
  bool within_limit(const cell& child, const failure& why);
  void report(event_kind kind, const cell& child, const failure& why, std::string action);

  cell* const self_;
  const std::shared_ptr<const supervisor_spec> kept_;  // the recipe has it too, for the next start
  const supervisor_spec& spec_;
  restart_window window_;
  std::vector<entry> ordered_;                        // one_for_one: in start order
  std::unordered_map<std::uint64_t, entry> dynamic_;  // dynamic: by the cell's number
  std::size_t next_ = 0;
  bool started_ = false;
};

}  // namespace troupe
