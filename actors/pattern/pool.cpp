#include <deque>
#include <map>
#include <troupe/pattern/pool.hpp>

namespace troupe::detail {
namespace {

/// A member's place in the pool.
struct seat {
  cell_ptr who;
  member_ptr member;  // null: it is being drained
};
using seats = std::map<std::size_t, seat>;  // by number

result<seat> take_seat(environment& env, const cell_ptr& pool, const pool_plan& plan, std::size_t number) {
  cell_props props = plan.member(env);
  props.name = std::to_string(number);
  auto made = cell::spawn(env, pool, std::move(props));
  if (!made) return made.error();
  member_ptr member{new route_member{address_ptr{*made}, std::to_string(number)}};
  return seat{std::move(*made), std::move(member)};
}

std::vector<member_ptr> members_of(const seats& all) {
  std::vector<member_ptr> out;
  out.reserve(all.size());
  for (const auto& [number, s] : all)
    if (s.member) out.push_back(s.member);
  return out;
}

std::string size_problem(std::size_t size) {
  if (size >= 1 && size <= pool_size_max) return {};
  return "a pool has 1 to " + std::to_string(pool_size_max) + " members, not " + std::to_string(size);
}

/// The pool's side of PO1-PO3.
class pool_body final : public body {
 public:
  pool_body(router_ptr router, std::shared_ptr<const pool_plan> plan)
      : self_(*cell::current()), router_(std::move(router)), plan_(std::move(plan)) {}
  ~pool_body() override { router_->publish({}); }

  // `adopt` follows: the members are made by whoever starts the pool, so that it can send to them at once.
  bool start() override { return false; }

  void adopt(seats all) {
    seats_ = std::move(all);
    adopted_ = true;
    self_.start_finished({});
    for (const auto& [who, reason] : std::exchange(gone_early_, {})) child_stopped(*who, reason);
  }

  void receive(delivery& d) override { router_->post(d.keep()); }

  void child_failed(cell& child, const failure& why) override {
    const std::string count = within_limit(why.counts);
    const bool again = !count.empty();
    self_.env().events().publish({event_kind::actor_failed, self_.env().now(), child.path(), why.message,
                                  to_string(why.why),
                                  again ? "restarting it: " + count + " (PO2)" : given_up_});
    if (again)
      child.request_restart();
    else
      give_up(why.why);
  }

  void child_stopped(cell& child, const exit_reason& reason) override {
    for (auto at = seats_.begin(); at != seats_.end(); ++at)
      if (at->second.who.get() == &child) return replace(at, reason);
    if (!adopted_) gone_early_.emplace_back(&child, reason);
  }

  stop_order children_stop_order() const noexcept override { return stop_order::together; }

  void resize(std::size_t size) {
    std::size_t active = members_of(seats_).size();
    if (size == active) return;
    std::vector<member_ptr> leaving;
    for (auto at = seats_.rbegin(); at != seats_.rend() && active > size; ++at) {
      if (!at->second.member) continue;
      at->second.member->retire(cell_ptr{&self_});
      leaving.push_back(std::move(at->second.member));
      at->second.member = nullptr;
      --active;
    }
    for (std::size_t number = 1; active < size; ++number) {
      if (seats_.contains(number)) continue;
      if (!fill(number)) break;
      ++active;
    }
    router_->publish(members_of(seats_));
  }

 private:
  bool fill(std::size_t number) {
    auto made = take_seat(self_.env(), cell_ptr{&self_}, *plan_, number);
    if (!made) {
      self_.env().events().log(
          log_level::error, self_.path(),
          "member " + std::to_string(number) + " can't be started: " + to_string(made.error()));
      return false;
    }
    seats_.insert_or_assign(number, std::move(*made));
    return true;
  }

  void replace(seats::iterator at, const exit_reason& reason) {
    const std::size_t number = at->first;
    const bool drained = !at->second.member;
    const std::string path = at->second.who->path();
    seats_.erase(at);
    if (drained || self_.status() != cell_status::running) return;
    const std::string count = within_limit(true);
    const bool again = !count.empty();
    self_.env().events().publish({event_kind::actor_stopped,
                                  self_.env().now(),
                                  path,
                                  {},
                                  to_string(reason),
                                  again ? "replacing it: " + count + " (PO2)" : given_up_});
    if (!again)
      return give_up({errc::stopped, "member " + std::to_string(number) + " stopped: " + to_string(reason)});
    fill(number);
    router_->publish(members_of(seats_));
  }

  // How much of the limit is used, "" when it was used up before.
  std::string within_limit(bool counts) {
    const time_point now = self_.env().now();
    while (!restarts_.empty() && now - restarts_.front() > plan_->restart_period) restarts_.pop_front();
    if (counts) {
      if (restarts_.size() >= plan_->restarts_max) return {};
      restarts_.push_back(now);
    }
    return std::to_string(restarts_.size()) + " of " + std::to_string(plan_->restarts_max) + " restarts in " +
           std::to_string(duration_cast<milliseconds>(plan_->restart_period).count()) + " ms";
  }

  void give_up(const error& last) {
    if (std::exchange(gave_up_, true)) return;
    router_->publish({});
    error why{errc::handler_failed, "too many of its members failed; the last: " + to_string(last)};
    self_.env().events().publish(
        {event_kind::escalated, self_.env().now(), self_.path(), {}, to_string(why), "the pool stops (PO2)"});
    self_.stop_self({exit_kind::failed, std::move(why)});
  }

  static constexpr const char* given_up_ = "the pool's restarts are used up (PO2)";

  cell& self_;
  const router_ptr router_;
  const std::shared_ptr<const pool_plan> plan_;
  seats seats_;
  std::deque<time_point> restarts_;                           // at most `restarts_max`
  std::vector<std::pair<cell_ptr, exit_reason>> gone_early_;  // before `adopt`
  bool adopted_ = false;
  bool gave_up_ = false;
};

}  // namespace

router_ptr start_pool(environment& env, const cell_ptr& parent, std::string name, pool_plan plan,
                      const actor_class& accepts, route_policy_ptr how) {
  if (const std::string problem = size_problem(plan.size); !problem.empty())
    throw failed{{errc::invalid, "pool '" + name + "': " + problem}};
  const auto shared = std::make_shared<const pool_plan>(std::move(plan));
  const router_ptr router{new router_address{env, std::move(how)}};
  cell_props props;
  props.name = std::move(name);
  props.type = &accepts;
  props.shutdown_time = duration::max();  // its members have their own times
  props.how = recipe_of<pool_body>(router, shared);
  const cell_ptr manager = cell::spawn(env, parent, std::move(props)).value();
  router->managed_by(manager);
  seats all;
  try {
    for (std::size_t number = 1; number <= shared->size; ++number)
      all.emplace(number, take_seat(env, manager, *shared, number).value());
  } catch (...) {
    manager->request_stop(exit_kind::shutdown);
    throw;
  }
  router->publish(members_of(all));
  manager->run_inside([all = std::move(all)](cell& c) mutable {
    if (auto* const b = static_cast<pool_body*>(c.body())) b->adopt(std::move(all));
  });
  return router;
}

void resize_pool(address& router, std::size_t size) {
  if (const std::string problem = size_problem(size); !problem.empty())
    throw failed{{errc::invalid, "pool " + router.path() + ": " + problem}};
  router.here()->run_inside([size](cell& c) {
    if (c.status() == cell_status::running) static_cast<pool_body*>(c.body())->resize(size);
  });
}

std::size_t router_size(const address_ptr& router) {
  return router ? static_cast<const router_address&>(*router).members()->size() : 0;
}

cell& spawning_cell() {
  cell* const here = cell::current();
  if (!here)
    throw failed{{errc::invalid,
                  "outside of an actor there is no parent: give the system first, as in "
                  "spawn_pool<A>(sys, options, strategy)"}};
  return *here;
}

}  // namespace troupe::detail
