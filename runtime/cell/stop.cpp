// The end of a cell, and of its children: stop, reap, tell (rules L3, L4, S5).
#include <algorithm>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/extras.hpp>
#include <troupe/cell/terminated.hpp>
#include <utility>

namespace troupe {

// What travels when many actors stop at once is small.

class cell::stop_signal final : public signal {
 public:
  stop_signal(exit_kind kind, std::unique_ptr<error> why) noexcept : kind_(kind), why_(std::move(why)) {}
  void deliver(cell& at) override { at.begin_stop(kind_, std::move(why_)); }

 private:
  exit_kind kind_;
  std::unique_ptr<error> why_;
};

class cell::gone_signal final : public signal {
 public:
  explicit gone_signal(cell& child) noexcept : child_(&child) {}
  void deliver(cell& at) override { at.child_gone(*child_); }
  // A parent that was killed has left its children alone (KI6): each takes itself off its list, or they would keep each other.
  void refused(cell& at) noexcept override {
    if (extras* const x = at.extras_.get()) x->family.remove(*child_);
  }

 private:
  cell_ptr child_;
};

namespace {

std::unique_ptr<error> text_of(error why) {
  return why == error{} ? nullptr : std::make_unique<error>(std::move(why));
}

/// AC6: whether the children of a cell of that class stay for what comes `then`; `again`: it has started before.
template <class Afterwards>
bool stay(const cell_settings& of, Afterwards then, bool again) noexcept {
  return of.type && of.type->keeps_children &&
         (then == Afterwards::rebuild || (then == Afterwards::report_start_failure && again));
}

}  // namespace

void cell::request_stop(exit_reason reason) {
  send(new stop_signal{reason.kind, text_of(std::move(reason.why))});
}

void cell::request_stop(exit_kind kind) { send(new stop_signal{kind, nullptr}); }

exit_reason cell::stop_reason() const {
  if (is_killed()) return killed_reason();
  const extras* const x = extras_.get();
  return {stop_kind_, x && x->stopped_for ? *x->stopped_for : error{}};
}

void cell::stop_self(exit_reason reason) { request_stop(std::move(reason)); }

void cell::begin_stop(exit_kind kind, std::unique_ptr<error> why) {
  end_turn();  // L3: what the turn has handled so far is finished, with its replies
  const auto s = status();
  if (s == cell_status::stopping || s == cell_status::stopped) return;
  end_start_limit();
  stop_kind_ = kind;
  if (why) extras_.made().stopped_for = std::move(why);
  set_status(cell_status::stopping);
  if (troupe::body* const b = body()) b->end_tasks();
  if (s == cell_status::restarting && !stay(settings_, after_children_, first_start_done_))
    after_children_ = afterwards::finish;  // its children are being stopped already
  else
    stop_children(afterwards::finish);
}

void cell::stop_children(afterwards then) {
  if (stay(settings_, then, first_start_done_)) {
    after_children_ = then;
    return children_gone();
  }
  extras_.close_family(true);
  after_children_ = then;
  if (!extras_.get()) return children_gone();
  if (then != afterwards::finish)  // they go because it does, and it comes again
    extras_.get()->links.forget_children_of(*this);
  if (body() && body()->children_stop_order() == stop_order::together) {
    duration longest{};
    auto all = extras_.get()->family.all();
    for (auto c = all.rbegin(); c != all.rend(); ++c)
      if (ask_to_stop(**c)) longest = std::max(longest, (*c)->settings_.shutdown_time);
    if (longest == duration{})
      children_gone();
    else
      arm_shutdown_timer(longest);
  } else {
    stop_next_child();
  }
}

void cell::arm_shutdown_timer(duration longest) {
  if (longest == duration::max()) return;
  extras_.made().shutdown_timer =
      cell_timer::start(*this, env().from_now(longest), [](cell& c) { c.children_overdue(); });
}

void cell::cancel_shutdown_timer() noexcept {
  extras* const x = extras_.get();
  if (x && x->shutdown_timer) std::exchange(x->shutdown_timer, nullptr)->cancel();
}

void cell::stop_next_child() {
  cancel_shutdown_timer();
  for (;;) {
    const cell_ptr last = extras_.made().family.last();
    if (!last) return children_gone();
    if (ask_to_stop(*last)) return arm_shutdown_timer(last->settings_.shutdown_time);
  }
}

void cell::child_gone(cell& child) {
  troupe::family& children = extras_.made().family;
  const bool was_last = children.last() == &child;
  if (!children.remove(child)) return;  // detached before (children_overdue)
  hear_of_killed(child);
  if (after_children_ == afterwards::nothing || stay(settings_, after_children_, first_start_done_)) {
    if (troupe::body* const b = body()) b->child_stopped(child, child.stop_reason());
  } else if (body() && body()->children_stop_order() == stop_order::together) {
    if (children.empty()) children_gone();
  } else if (
      was_last) {  // the one that is waited for: another that ends meanwhile does not give it more time
    stop_next_child();
  }
}

void cell::children_overdue() {
  extras& x = extras_.made();
  x.shutdown_timer = nullptr;
  const bool together = body() && body()->children_stop_order() == stop_order::together;
  auto overdue = x.family.all();
  if (!together && overdue.size() > 1) overdue.erase(overdue.begin(), overdue.end() - 1);
  for (const cell_ptr& child : overdue) {
    say_slow(*child);
    kill_child(*child);
  }
  if (together)
    children_gone();
  else
    stop_next_child();
}

void cell::say_slow(const cell& child) {
  const duration limit = child.settings_.shutdown_time;
  env().events().publish(
      {event_kind::shutdown_slow,
       env().now(),
       child.path(),
       {},
       "did not stop within " + std::to_string(duration_cast<milliseconds>(limit).count()) + " ms",
       "ended by force and detached from the tree (S5)"});
}

void cell::give_up_child(cell& child) {
  const cell_ptr keep{&child};
  if (child.settings_.shutdown_time > duration::zero())  // else nobody has wanted to wait
    say_slow(child);
  if (!child.kill()) return;  // it tells of its end itself
  if (!extras_.made().family.remove(child)) return;
  hear_of_killed(child);
  if (troupe::body* const b = body()) b->child_stopped(child, child.stop_reason());
}

void cell::let_go_finished(bool by_force) {
  if (after_children_ == afterwards::nothing) return;
  if (by_force && after_children_ == afterwards::finish && stop_kind_ != exit_kind::failed)
    stop_kind_ = exit_kind::killed;
  // AC6: a stop came while the children were kept. They are being stopped, and the last of them asks `let_go` again.
  if (after_children_ == afterwards::finish && settings_.type && settings_.type->keeps_children &&
      extras_.get() && !extras_.get()->family.empty())
    return;
  children_gone();
}

void cell::children_gone() {
  cancel_shutdown_timer();
  if (after_children_ != afterwards::nothing && body() && !body()->let_go()) return;
  const afterwards next = after_children_;
  after_children_ = afterwards::nothing;
  switch (next) {
    case afterwards::rebuild:
      keep_state();
      tear_down();
      if (extras* const x = extras_.get(); !x || !std::exchange(x->goes_down, false)) {
        rebuild();
        break;
      }
      set_status(cell_status::held);
      parent_->run_inside([child = cell_ptr{this}](cell& parent) {
        if (troupe::body* const b = parent.body()) b->child_held(*child);
      });
      break;
    case afterwards::report_start_failure:
      report_start_failure();
      break;
    case afterwards::finish:
      finish();
      break;
    case afterwards::nothing:
      break;
  }
}

void cell::send_obituary(troupe::address& watcher) {
  const extras* const x = extras_.get();
  address_ptr self{this};
  auto e = is_killed() || (x && x->stopped_for)
               ? engine::make_envelope<terminated>(terminated_type, number(), std::move(self), stop_reason())
               : engine::make_envelope<terminated>(terminated_type, number(), std::move(self), stop_kind_);
  e->counted = false;  // M9
  watcher.post(std::move(e));
}

void cell::tell_parent() {
  if (parent_) parent_->send(new gone_signal{*this});
}

void cell::finish() {
  tear_down();
  // False: it has been killed meanwhile, and whoever did so tells of it (KI1).
  const bool tells = claim_end(life_ended);
  if (!tells) await_swept();
  extras* const x = extras_.get();
  if (x) x->how = nullptr;
  if (x && x->watch) x->watch->held_timers.clear();  // each keeps the cell
  if (x) x->seat = nullptr;  // this turn is its last, and it is on the thread that ends after it
  take_waiting_recipe();
  set_status(cell_status::stopped);
  if (x && x->starting)
    tell_start_listener(error{errc::stopped, "stopped before it had started", {}, path()});
  if (parent_ && !given_name().empty())
    parent_->extras_.get()->family.free_name(*this);  // L1: who hears of the end may use the name again
  if (parent_watches_ && tells) send_obituary(*parent_);
  if (tells) tell_parent();  // before all others: who hears of the end finds a parent that knows
  if (x) {
    for (const address_ptr& watcher : x->watchers.take()) send_obituary(*watcher);
    end_links();
    x->restart_watchers = nullptr;
    x->carried = nullptr;
    give_up_watches();
  }
  end_for_caf();
}

}  // namespace troupe
