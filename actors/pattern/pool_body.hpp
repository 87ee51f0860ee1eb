// The cell of a pool: starts members, puts those back that have ended, changes their number.
//
// Rules (those of pool.hpp, PO1-PO7, and)
//  PB1 Only messages drive it: a member that fails again comes back as a new failure, and one that waits for its restart as a timer,
//      so a stop and a resize interleave.
//  PB2 A seat is a number. It is free again when its member is gone for good and nothing waits to put another there.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <troupe/base/backoff.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/base/restart_type.hpp>
#include <troupe/base/restart_window.hpp>
#include <troupe/pattern/router_address.hpp>
#include <utility>
#include <vector>

namespace troupe::detail {

/// What a pool's cell needs.
struct pool_plan {
  std::function<cell_props(environment&)> member;  ///< all but the name
  std::function<route_policy_ptr(environment&)>
      strategy;  ///< throws `failed` for settings that make no sense
  std::size_t size;
  restart_type restart;
  std::uint32_t restarts_max;
  duration restart_period;
  std::optional<backoff_settings> backoff;
};
/// Shared by a pool's starts.
using pool_plan_ptr = std::shared_ptr<const pool_plan>;

/// See above.
class pool_body final : public body {
 public:
  /// A member and its place.
  struct seat {
    cell_ptr who;                  // null: nobody, a member is going to be put here
    member_ptr member;             // null: it gets nothing new
    bool leaves = false;           // it is being drained, or has ended for good
    std::optional<backoff> waits;  // made at its first failure
    cell_timer_ptr timer;          // of the wait that is under way
  };
  /// By number.
  using seats = std::map<std::size_t, seat>;

  /// Sends for `router`, whose first members are made by whoever made that, and handed over with `adopt`. Null: for a router of its
  /// own, with members that it starts itself.
  pool_body(router_ptr router, pool_plan_ptr plan);
  ~pool_body() override { router_->publish({}); }

  bool start_body() override;
  /// The members that it begins with; after this it has started.
  void adopt(seats all);

  void receive(delivery& d) override { router_->post(d.keep()); }
  void child_started(cell& child, bool again) override;
  void child_failed(cell& child, const failure& why) override;
  void child_stopped(cell& child, const exit_reason& reason) override;
  stop_order children_stop_order() const noexcept override { return stop_order::together; }

  /// Has it have so many members (PO3).
  void resize(std::size_t size);
  /// Where it sends to.
  router_address& router() const noexcept { return *router_; }

  /// A member on the seat `number`; `errc` of `spawn`, or what the plan threw.
  static result<seat> take_seat(environment& env, const cell_ptr& pool, const pool_plan& plan,
                                std::size_t number);
  /// Those that get messages.
  static std::vector<member_ptr> members_of(const seats& all);

 private:
  seats::iterator seat_of(const cell& child);
  bool starts() const noexcept { return self_.status() == cell_status::starting; }
  bool runs() const noexcept { return self_.status() == cell_status::running; }
  bool fill(std::size_t number);
  void refill(std::size_t number);
  void leave(seats::iterator at);
  bool within_limit(event_kind kind, const cell& child, std::string message, const error& why, bool counts,
                    const char* what);
  // Calls `then` with the number of the seat, now or after its wait (PO6).
  void after_wait(seats::iterator at, void (pool_body::*then)(std::size_t number));
  void restart(std::size_t number);
  void give_up(const error& last);
  void end_if_empty();

  cell& self_;
  const router_ptr router_;
  const pool_plan_ptr plan_;
  const bool starts_itself_;
  seats seats_;
  std::size_t to_start_ = 0;  // while it starts itself: members that have not started yet
  restart_window window_;
  std::optional<prng> random_;
  std::vector<std::pair<cell_ptr, exit_reason>> gone_early_;  // before `adopt`
};

}  // namespace troupe::detail
