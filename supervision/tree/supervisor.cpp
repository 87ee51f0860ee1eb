// How a supervisor carries out what has been decided (SU1, SU4, SU6).
#include <troupe/actor/spawn.hpp>
#include <troupe/base/check.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/tree/supervisor.hpp>

namespace troupe {

cell_props detail::supervisor_props(std::shared_ptr<const supervisor_spec> spec) {
  cell_props props;
  props.type = &actor_class_of<supervisor>::value;
  props.shutdown_time = duration::max();
  props.how = recipe_of<hosted<supervisor>>(std::move(spec));
  return props;
}

supervisor::supervisor(std::shared_ptr<const supervisor_spec> spec)
    : told_(std::move(spec)), how_(told_->how), window_(told_->limit.intensity, told_->limit.period) {
  if (told_->pattern) pattern_ = std::make_shared<const child_spec>(*told_->pattern);
  if (!told_->rules.empty()) rules_ = std::make_shared<const failure_rules>(told_->rules);
}

stop_order supervisor::children_stop_order() const noexcept {
  return is_dynamic() ? stop_order::together : stop_order::one_by_one;
}

bool supervisor::is_at_work() const noexcept {
  const auto s = own_cell().status();
  return s == cell_status::running || s == cell_status::starting;
}

// ---- start (SU1)

detail::starts_later supervisor::on_start() {
  const auto no_dispatcher = [this](const std::string& name) { return env().no_dispatcher(name); };
  if (const auto wrong = mistakes_in(*told_, path(), no_dispatcher); !wrong.empty()) {
    std::string text = "the children of " + path() + " can't be started";
    for (const auto& line : wrong) text += "; " + line;
    throw failed{{errc::start_failed, text}};
  }
  if (decision_log* const log = open_decisions()) {
    log->abandon(env().now());  // of the one before this
    tell_done(*log);
  }
  for (const child_spec& child : told_->children) {
    // Its owner is `told_`, which lives as long as this.
    children_.add(std::shared_ptr<const child_spec>{told_, &child});
    work_.add(child.restart);
    work_.want(work_.size() - 1);
  }
  advance();
  return {};
}

void supervisor::finish_start() {
  if (started_) return;
  started_ = true;
  own_cell().start_finished({});
}

// ---- steps

void supervisor::advance() {
  if (is_dynamic()) return finish_start();
  using action = group_work::step::action;
  const group_work::step step = work_.next();
  switch (step.what) {
    case action::none:
      if (decision_log* const log = open_decisions()) {
        log->settled(env().now());
        tell_done(*log);
      }
      return finish_start();
    case action::wait:
      return;
    case action::hold:
    case action::stop: {
      child_entry& e = children_[step.at];
      work_.begin(step);
      e.phase = work_.phase(step.at);
      if (step.what == action::hold)
        e.who->request_hold();
      else
        e.who->request_stop(exit_kind::shutdown);
      return expect_gone(e);
    }
    case action::start: {
      child_entry& e = children_[step.at];
      if (e.rare && e.rare->not_before != never) return;  // `wait_before_restart` comes back
      work_.begin(step);
      return launch(e);
    }
  }
}

void supervisor::move(child_entry& e, child_phase to) noexcept {
  e.phase = to;
  if (!is_dynamic()) work_.now_is(e.at, to);
}

cell_props supervisor::props_for(const child_entry& e) {
  const child_spec& spec = *e.spec;
  cell_props props = spec.make(env());
  props.name = spec.id;
  props.tells_parent = true;
  props.restarts = spec.restart != restart_type::temporary;
  props.poison = spec.poison;
  if (!spec.dispatcher.empty()) props.dispatcher = &env().dispatcher(spec.dispatcher);
  if (spec.mailbox) props.wanted_mailbox = spec.mailbox;
  if (spec.shutdown_time) props.shutdown_time = *spec.shutdown_time;
  props.start_time = spec.start_time.value_or(spec.is_supervisor ? duration::max() : limits::start_time_max);
  if (spec.rules.empty()) {
    props.rules = rules_;
  } else {
    failure_rules all = spec.rules;  // RU1: the child's own come first
    if (rules_) all.add(*rules_);
    props.rules = std::make_shared<const failure_rules>(std::move(all));
  }
  return props;
}

// Who stands behind it in the list and is there, null for none: what has got a new cell goes down in its old place (S5). While all are
// started for the first time nobody is behind; afterwards the next one is, as a rule.
cell* supervisor::next_in_line(const child_entry& e) noexcept {
  if (is_dynamic() || !started_) return nullptr;
  for (std::size_t at = e.at + 1; at < children_.size(); ++at)
    if (children_[at].who) return children_[at].who.get();
  return nullptr;
}

// Starts it, or makes it anew in the cell it has. What comes of that is told by `child_started`, `child_failed` or `child_stopped`.
void supervisor::launch(child_entry& e) {
  move(e, child_phase::starting);
  if (e.who) return e.who->request_restart();
  try {
    cell_props props = props_for(e);
    props.before = next_in_line(e);
    children_.now_has(e, cell::spawn(env(), cell_ptr{&own_cell()}, std::move(props)).value());
  } catch (...) {  // what copying an argument threw; a name that is taken; a system that goes down
    start_has_failed(e, current_exception_error(errc::start_failed));
  }
}

void supervisor::launch_alone(child_entry& e) {
  if (e.rare && e.rare->not_before != never) return;  // `wait_before_restart` comes back
  launch(e);
}

// After it has been told to stop or to go down (SU6).
void supervisor::expect_gone(child_entry& e) {
  const duration time = e.who->settings().shutdown_time;
  if (time == duration::max()) return;
  if (time <= duration::zero()) return own_cell().give_up_child(*e.who);
  child_extras& x = e.extras();
  child_extras::end(x.overdue);
  x.overdue = later(time, [this, who = e.who] {
    if (child_entry* const due = children_.find(*who);
        due && (due->phase == child_phase::falling || due->phase == child_phase::stopping))
      own_cell().give_up_child(*who);
  });
}

cell_timer_ptr supervisor::later(duration delay, std::function<void()> then) {
  // The extras that hold it go with this object, in a turn, and cancel it.
  return cell_timer::start(own_cell(), env().from_now(delay), [this, then = std::move(then)](cell&) {
    if (is_at_work()) then();
  });
}

// ---- what children say

void supervisor::child_started(cell& child, bool again) {
  child_entry* const e = children_.find(child);
  if (!e || e->phase != child_phase::starting) return;  // it has been told to go down meanwhile
  move(*e, child_phase::up);
  if (decision_log* const log = open_decisions()) log->came_up(e, child.own_name(), env().now());
  if (!is_at_work()) return;
  if (!again && !(e->rare && e->rare->failed_at != never))
    env().events().publish({event_kind::actor_started, env().now(), {}}, [&](event& news) {
      news.path = child.path();
      if (child.settings().type) news.type = child.settings().type->name;
    });
  if (e->rare) {
    child_extras& x = *e->rare;
    if (x.pacer) x.pacer->worked(env().now());
    const time_point failed_at = std::exchange(x.failed_at, never);
    if (again || failed_at != never) {
      event news{event_kind::actor_restarted,        env().now(), child.path(), {}, {},
                 "serves again in its old cell (S6)"};
      if (!again) news.action = "serves again in a new cell (S6)";
      if (failed_at != never) news.took = env().platform().clock().now() - failed_at;
      news.number = child.incarnation();
      env().events().publish(news);
    }
    tell_started(*e, info_of(*e));
    if (!x.pacer) e->rare = nullptr;  // there may be many who need it once
  }
  advance();
}

void supervisor::child_held(cell& child) {
  child_entry* const e = children_.find(child);
  if (!e || e->phase != child_phase::falling) return;
  if (e->rare) child_extras::end(e->rare->overdue);
  move(*e, child_phase::held);
  if (decision_log* const log = open_decisions()) log->went_down(e, child.own_name());
  if (!is_at_work()) return;
  if (!is_dynamic() && work_.is_wanted(e->at))
    advance();
  else
    launch_alone(*e);
}

void supervisor::tell_started(child_entry& e, result<child_info> how) {
  if (!e.rare || !std::exchange(e.rare->is_awaited, false)) return;
  const promise<child_info> who = std::exchange(e.rare->started, {});
  if (!how) {
    who.fail(how.error());
    return;
  }
  e.rare->is_forgotten = false;
  who.reply(std::move(*how));
}

void supervisor::tell_stopped(child_entry& e) {
  if (!e.rare) return;
  for (const auto& who : std::exchange(e.rare->stopped, {})) who.reply(info_of(e));
}

void supervisor::erase(child_entry& e) {
  const std::size_t at = e.at;
  children_.erase(e, !is_dynamic());
  if (!is_dynamic()) work_.erase(at);
}

}  // namespace troupe
