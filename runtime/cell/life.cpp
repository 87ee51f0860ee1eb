// A cell's life: made, started, failed, restarted, stopped (rules L1-L6, S6, S11). The parent decides; this
// carries out.
#include <algorithm>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <troupe/base/check.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/placement.hpp>
#include <troupe/cell/storage.hpp>
#include <troupe/cell/terminated.hpp>

namespace troupe {

void body::child_failed(cell& child, const failure& why) {
  child.request_stop({exit_kind::failed, why.why});  // before it is said: who hears of it finds it stopping
  child.env().events().publish({event_kind::actor_failed, child.env().now(), child.path(), why.message,
                                to_string(why.why), "stopping it: its parent is no supervisor (S11)"});
}

std::string_view to_string(cell_status status) noexcept {
  switch (status) {
    case cell_status::starting:
      return "starting";
    case cell_status::running:
      return "running";
    case cell_status::failed:
      return "failed";
    case cell_status::restarting:
      return "restarting";
    case cell_status::stopping:
      return "stopping";
    case cell_status::stopped:
      return "stopped";
  }
  return "unknown";
}

cell::cell(caf::actor_config& config, environment& environment_, cell_ptr parent, cell_props props,
           std::uint64_t number)
    : caf::monitorable_actor(config),
      env_(&environment_),
      parent_(std::move(parent)),
      props_(std::move(props)),
      number_(number),
      wants_turn_end_(props_.type && props_.type->wants_turn_end) {
  env_->cells.fetch_add(1, std::memory_order_relaxed);
}

cell::~cell() {
  for (signal* s = system_lane_.take_all(); s;) {
    signal* const following = s->next;
    s->dispose();
    s = following;
  }
  env_->cells.fetch_sub(1, std::memory_order_relaxed);
}

result<cell_ptr> cell::spawn(environment& env, cell_ptr parent, cell_props props) {
  if (props.name.find('/') != std::string::npos || props.name.starts_with('$') ||
      props.name.size() > limits::name_bytes_max)
    return error{errc::invalid, "'" + props.name + "' is no actor name: 1 to " +
                                    std::to_string(limits::name_bytes_max) +
                                    " bytes without '/', not beginning with '$'"};
  auto* const host = env.caf();
  if (!host) return error{errc::stopped, "the system has been shut down"};
  if (const auto placed = place(env, parent.get(), props); !placed) return placed.error();
  const std::uint64_t number = env.next_id();
  caf::actor_config config;
  const cell_ptr made{detail::pooled_actor<cell>::make(host->next_actor_id(), host->node(), host, config, env,
                                                       parent, std::move(props), number),
                      false};
  if (parent) {
    const auto added = parent->family_.add(made);
    if (added != family::added::yes) made->set_status(cell_status::stopped);
    if (added == family::added::closed)
      return error{errc::stopped, "its parent " + parent->path() + " is stopping"};
    if (added == family::added::name_taken)
      return error{errc::already_exists,
                   parent->path() + " has a child named '" + made->own_name() + "' already"};
  }
  made->add_reference();  // C3
  made->schedule();       // an inbox begins scheduled; the first turn builds
  return made;
}

std::string cell::path() const {
  if (!parent_) return "/";
  std::vector<const cell*> line;
  for (const cell* c = this; c->parent_; c = c->parent_.get()) line.push_back(c);
  std::string out;
  for (auto c = line.rbegin(); c != line.rend(); ++c) out += "/" + (*c)->own_name();
  return out;
}

cell_ptr cell::child(std::string_view name) const { return family_.find(name); }
std::vector<cell_ptr> cell::children() const { return family_.all(); }

void cell::request_stop(exit_reason reason) {
  run_inside([reason = std::move(reason)](cell& c) mutable { c.begin_stop(std::move(reason)); });
}

void cell::request_restart() {
  run_inside([](cell& c) { c.begin_restart(); });
}

void cell::stop_self(exit_reason reason) { request_stop(std::move(reason)); }

// ---- start

void cell::build() {
  if (status() != cell_status::starting) return;
  start_limit_ = start_limit::begin(*this);
  try {
    body_ = props_.factory();
    check(body_ != nullptr, "an actor's factory returned nothing");
    if (body_->start()) started();
  } catch (...) {
    start_failed(current_exception_error(errc::start_failed));
  }
}

void cell::start_finished(result<void> how) {
  if (body_started_ || !body_) return;
  if (how)
    started();
  else
    start_failed(how.error());
}

void cell::started() {
  if (status() == cell_status::stopping) return;
  if (auto limit = std::exchange(start_limit_, nullptr)) limit->end();
  const bool again = std::exchange(first_start_done_, true);
  body_started_ = true;
  set_status(cell_status::running);
  if (auto listener = std::exchange(props_.on_first_start, nullptr)) listener({});
  if (props_.tell_parent)
    parent_->run_inside([child = cell_ptr{this}, again](cell& parent) {
      if (parent.body_) parent.body_->child_started(*child, again);
    });
}

void cell::start_failed(error why) {
  if (status() == cell_status::stopping) return;
  if (auto limit = std::exchange(start_limit_, nullptr)) limit->end();
  why.code = errc::start_failed;
  if (why.path.empty()) why.path = path();
  start_error_ = std::move(why);
  if (body_) body_->end_tasks();
  set_status(cell_status::restarting);
  stop_children(afterwards::report_start_failure);  // S4: what it has started goes down in reverse
}

void cell::report_start_failure() {
  body_.reset();
  family_.close(false);
  set_status(cell_status::failed);
  if (auto listener = std::exchange(props_.on_first_start, nullptr)) listener(start_error_);
  report_failure({std::exchange(start_error_, {}), {}, true, true});
}

// ---- failure and restart

void cell::fail(error why, engine::envelope_ptr poison) {
  if (status() == cell_status::starting) {
    // Inside `start`, perhaps inside a coroutine that must not be destroyed now: judge it once that is over.
    run_inside([why = std::move(why), born = incarnation()](cell& c) mutable {
      if (c.incarnation() != born) return;
      if (c.status() == cell_status::starting)
        c.start_failed(std::move(why));
      else
        c.fail(std::move(why), nullptr);
    });
    return;
  }
  if (status() != cell_status::running) {
    // It is on its way out already: nobody is left to ask, so say it and go on.
    env_->events().publish(
        {event_kind::actor_failed, env_->now(), path(), {}, to_string(why), "ignored: not running"});
    return;
  }
  if (why.path.empty()) why.path = path();
  failure what{std::move(why), poison && poison->type ? std::string{poison->type->name} : std::string{},
               false, true};
  std::deque<engine::envelope_ptr> back;
  body_->give_back(back);
  if (poison) {
    const auto& policy = props_.poison;
    const bool again = policy.what == poison_policy::fate::put_back ||
                       (policy.what == poison_policy::fate::retry && poison->retries < policy.retries);
    if (again) {
      what.counts = poison->retries == 0;
      ++poison->retries;
      back.push_back(std::move(poison));
    } else {
      if (auto slot = std::move(poison->reply)) {
        error answer = what.why;
        answer.code = errc::handler_failed;
        slot->fail(std::move(answer));
      }
      env_->dead_letter(std::move(poison), path(), errc::handler_failed);
    }
  }
  while (!back.empty()) {
    backlog_.push_front(std::move(back.back()));
    back.pop_back();
  }
  set_status(cell_status::failed);
  report_failure(std::move(what));
}

void cell::report_failure(failure what) {
  if (!parent_) {
    begin_stop({exit_kind::failed, what.why});
    return;
  }
  parent_->run_inside([child = cell_ptr{this}, what = std::move(what)](cell& parent) {
    if (parent.body_)
      parent.body_->child_failed(*child, what);
    else
      child->request_stop({exit_kind::failed, what.why});
  });
}

void cell::begin_restart() {
  if (status() != cell_status::failed && status() != cell_status::running) return;
  set_status(cell_status::restarting);
  if (body_) body_->end_tasks();
  stop_children(afterwards::rebuild);
}

void cell::tear_down() {
  if (!body_) return;
  body_->end_tasks();
  if (std::exchange(body_started_, false)) {
    try {
      body_->stop();
    } catch (...) {
      env_->events().publish({event_kind::actor_failed,
                              env_->now(),
                              path(),
                              {},
                              to_string(current_exception_error(errc::handler_failed)),
                              "on_stop threw; stopping goes on (L2)"});
    }
  }
  body_.reset();
}

// ---- stop

void cell::begin_stop(exit_reason reason) {
  end_turn();  // L3: what the turn has handled so far is finished, with its replies
  const auto s = status();
  if (s == cell_status::stopping || s == cell_status::stopped) return;
  if (auto limit = std::exchange(start_limit_, nullptr)) limit->end();
  stop_reason_ = std::move(reason);
  set_status(cell_status::stopping);
  if (body_) body_->end_tasks();
  if (s == cell_status::restarting)
    after_children_ = afterwards::finish;  // its children are being stopped already
  else
    stop_children(afterwards::finish);
}

void cell::stop_children(afterwards then) {
  family_.close(true);
  after_children_ = then;
  if (body_ && body_->children_stop_order() == stop_order::together) {
    duration longest{};
    auto all = family_.all();
    for (auto c = all.rbegin(); c != all.rend(); ++c) {
      (*c)->request_stop({exit_kind::shutdown, {}});
      longest = std::max(longest, (*c)->props_.shutdown_time);
    }
    if (all.empty())
      children_gone();
    else
      shutdown_timer_ =
          cell_timer::start(*this, after(env_->now(), longest), [](cell& c) { c.children_overdue(); });
  } else {
    stop_next_child();
  }
}

void cell::stop_next_child() {
  if (shutdown_timer_) std::exchange(shutdown_timer_, nullptr)->cancel();
  const cell_ptr last = family_.last();
  if (!last) {
    children_gone();
    return;
  }
  last->request_stop({exit_kind::shutdown, {}});
  shutdown_timer_ = cell_timer::start(*this, after(env_->now(), last->props_.shutdown_time),
                                      [](cell& c) { c.children_overdue(); });
}

void cell::child_gone(cell& child, const exit_reason& reason) {
  if (!family_.remove(child.number_)) return;  // detached before (children_overdue)
  if (after_children_ == afterwards::nothing) {
    if (body_) body_->child_stopped(child, reason);
  } else if (body_ && body_->children_stop_order() == stop_order::together) {
    if (family_.empty()) children_gone();
  } else {
    stop_next_child();
  }
}

void cell::children_overdue() {
  shutdown_timer_ = nullptr;
  const bool together = body_ && body_->children_stop_order() == stop_order::together;
  auto overdue = family_.all();
  if (!together && overdue.size() > 1) overdue.erase(overdue.begin(), overdue.end() - 1);
  for (const cell_ptr& child : overdue) {
    env_->events().publish(
        {event_kind::shutdown_slow,
         env_->now(),
         child->path(),
         {},
         "did not stop within " +
             std::to_string(duration_cast<milliseconds>(child->props_.shutdown_time).count()) + " ms",
         "detached from the tree (S5)"});
    family_.remove(child->number_);
  }
  if (together)
    children_gone();
  else
    stop_next_child();
}

void cell::children_gone() {
  if (shutdown_timer_) std::exchange(shutdown_timer_, nullptr)->cancel();
  switch (std::exchange(after_children_, afterwards::nothing)) {
    case afterwards::rebuild:
      tear_down();
      family_.close(false);
      incarnation_.fetch_add(1, std::memory_order_relaxed);
      set_status(cell_status::starting);  // its children are no longer being stopped
      build();
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

void cell::finish() {
  tear_down();
  props_.factory = nullptr;
  set_status(cell_status::stopped);
  if (auto listener = std::exchange(props_.on_first_start, nullptr))
    listener(error{errc::stopped, "stopped before it had started", {}, path()});
  if (parent_) parent_->family_.free_name(*this);  // L1: who hears of the end may use the name again
  if (family_.has_watchers()) {
    const terminated news{number_, path(), stop_reason_};
    for (const auto& watcher : family_.watchers()) {
      auto e = engine::make_envelope<terminated>(terminated_type, news);
      e->counted = false;  // M9
      watcher->post(std::move(e));
    }
    family_.watchers().clear();
  }
  if (parent_)
    parent_->run_inside(
        [child = cell_ptr{this}, reason = stop_reason_](cell& parent) { parent.child_gone(*child, reason); });
  using caf::exit_reason;
  caf::error why;
  if (stop_reason_.kind != exit_kind::normal)
    why = caf::make_error(stop_reason_.kind == exit_kind::failed ? exit_reason::unhandled_exception
                                                                 : exit_reason::user_shutdown);
  cleanup(std::move(why), nullptr);
}

// ---- watching

void cell::add_watcher(address_ptr watcher) {
  const auto tell = [watcher](cell& c) {
    auto e =
        engine::make_envelope<terminated>(terminated_type, terminated{c.number_, c.path(), c.stop_reason_});
    e->counted = false;  // M9
    watcher->post(std::move(e));
  };
  run_inside(
      [watcher, tell](cell& c) {
        if (c.status() == cell_status::stopped) return tell(c);
        auto& all = c.family_.watchers();
        if (std::find(all.begin(), all.end(), watcher) == all.end()) all.push_back(watcher);
      },
      tell);
}

void cell::remove_watcher(address_ptr watcher) {
  run_inside([watcher = std::move(watcher)](cell& c) {
    if (c.family_.has_watchers()) std::erase(c.family_.watchers(), watcher);
  });
}

void cell::watched(std::uint64_t subject, bool yes) {
  if (yes)
    family_.watched().insert(subject);
  else
    family_.watched().erase(subject);
}

}  // namespace troupe
