#include <troupe/base/check.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/tree/supervisor.hpp>

namespace troupe {

namespace {

constexpr actor_class supervisor_class{"supervisor"};

std::string milliseconds_text(duration d) {
  return std::to_string(duration_cast<milliseconds>(d).count()) + " ms";
}

}  // namespace

cell_props detail::supervisor_props(supervisor_spec spec) {
  cell_props props;
  props.type = &supervisor_class;
  props.shutdown_time = duration::max();
  props.how = recipe_of<supervisor>(std::make_shared<const supervisor_spec>(std::move(spec)));
  return props;
}

supervisor::supervisor(std::shared_ptr<const supervisor_spec> spec)
    : self_(cell::current()),
      kept_(std::move(spec)),
      spec_(*kept_),
      window_(spec_.limit.intensity, spec_.limit.period) {
  check(self_ != nullptr, "a supervisor is made by its cell");
}

stop_order supervisor::children_stop_order() const noexcept {
  return spec_.how == strategy::dynamic ? stop_order::together : stop_order::one_by_one;
}

void supervisor::receive(delivery& d) {
  self_->env().dead_letter(d.keep(), self_->path(), errc::not_understood);
}

// ---- start (SU1)

bool supervisor::start_body() {
  const auto no_dispatcher = [this](const std::string& name) { return self_->env().no_dispatcher(name); };
  if (const auto wrong = mistakes_in(spec_.children, spec_.limit, no_dispatcher); !wrong.empty()) {
    std::string text = "the children of " + self_->path() + " can't be started";
    for (const auto& line : wrong) text += "; " + line;
    throw failed{{errc::start_failed, text}};
  }
  for (const auto& child : spec_.children) ordered_.push_back({child, nullptr});
  if (ordered_.empty()) return started_ = true;
  start_next();
  return false;
}

result<cell_ptr> supervisor::spawn(entry& e) {
  cell_props props = e.spec.make(self_->env());
  props.name = e.spec.id;
  props.tells_parent = true;
  props.restarts = e.spec.restart != restart_type::temporary;
  props.poison = e.spec.poison;
  if (const std::string& name = e.spec.dispatcher; !name.empty()) {
    if (auto problem = self_->env().no_dispatcher(name); !problem.empty())
      return error{errc::not_found, std::move(problem)};
    props.dispatcher = &self_->env().dispatcher(name);
  }
  if (e.spec.mailbox) props.wanted_mailbox = e.spec.mailbox;
  if (e.spec.shutdown_time) props.shutdown_time = *e.spec.shutdown_time;
  props.start_time =
      e.spec.start_time.value_or(e.spec.is_supervisor ? duration::max() : limits::start_time_max);
  auto made = cell::spawn(self_->env(), cell_ptr{self_}, std::move(props));
  if (made) e.cell = *made;
  return made;
}

void supervisor::start_next() {
  if (next_ == ordered_.size()) {
    started_ = true;
    self_->start_finished({});
    return;
  }
  const auto made = spawn(ordered_[next_]);
  if (!made) self_->start_finished(made.error());
}

void supervisor::child_started(cell& child, bool again) {
  entry* const e = find(child);
  if (!e) return;
  if (again || e->failed_at != never) {
    const duration took =
        e->failed_at == never ? duration::zero() : self_->env().platform().clock().now() - e->failed_at;
    e->failed_at = never;
    event news{event_kind::actor_restarted,        self_->env().now(), child.path(), {}, {},
               "serves again in its old cell (S6)"};
    news.took = took;
    news.number = child.incarnation();
    self_->env().events().publish(news);
  } else if (!started_ && self_->status() == cell_status::starting && next_ < ordered_.size() &&
             &ordered_[next_] == e) {
    ++next_;
    start_next();
  }
}

// ---- failure (SU2, SU3)

supervisor::entry* supervisor::find(const cell& child) {
  if (spec_.how == strategy::dynamic) {
    const auto found = dynamic_.find(child.number());
    return found == dynamic_.end() ? nullptr : &found->second;
  }
  for (auto& e : ordered_)
    if (e.cell.get() == &child) return &e;
  return nullptr;
}

void supervisor::report(event_kind kind, const cell& child, const failure& why, std::string action) {
  event news = why.as_event(child, std::move(action));
  news.kind = kind;
  self_->env().events().publish(news);
}

bool supervisor::within_limit(const cell& child, const failure& why) {
  const time_point now = self_->env().now();
  const bool within = !why.counts || window_.record(now);
  const std::string count = std::to_string(window_.recent(now)) + " of " +
                            std::to_string(window_.intensity()) + " restarts in " +
                            milliseconds_text(window_.period());
  if (within) {
    report(event_kind::actor_failed, child, why, "restarting it: " + count + " (S3)");
    return true;
  }
  report(event_kind::actor_failed, child, why, "not restarted: " + count + " are used up (S3)");
  event news{event_kind::escalated,     now, self_->path(), {}, "too many restarts: " + count,
             "fails to its parent (S3)"};
  self_->env().events().publish(news);
  error gave_up{errc::handler_failed,
                "too many restarts: " + count + "; the last failure: " + to_string(why.why)};
  if (started_)
    self_->fail(std::move(gave_up), nullptr);
  else
    self_->start_finished(std::move(gave_up));
  return false;
}

void supervisor::child_failed(cell& child, const failure& why) {
  entry* const e = find(child);
  if (!e) {
    child.request_stop({exit_kind::failed, why.why});
    return;
  }
  // A supervisor that has failed itself, restarts or stops takes its children along.
  if (self_->status() != cell_status::running && self_->status() != cell_status::starting) return;
  const bool being_started = !started_ && next_ < ordered_.size() && &ordered_[next_] == e;
  if (being_started && why.while_starting) {
    error text = why.why;
    text.text = "child '" + e->spec.id + "' failed to start: " + text.text;
    self_->start_finished(std::move(text));
    return;
  }
  e->failed_at = self_->env().platform().clock().now();
  if (!should_restart(e->spec.restart, exit_kind::failed)) {
    report(event_kind::actor_failed, child, why,
           "stopping it: it is " + std::string{to_string(e->spec.restart)} + " (S2)");
    child.request_stop({exit_kind::failed, why.why});
    return;
  }
  if (within_limit(child, why)) child.request_restart();
}

void supervisor::child_stopped(cell& child, const exit_reason& reason) {
  entry* const e = find(child);
  if (!e) return;
  const bool again = should_restart(e->spec.restart, reason.kind);
  if (spec_.how != strategy::dynamic || reason.kind != exit_kind::normal)
    self_->env().events().publish({event_kind::actor_stopped,
                                   self_->env().now(),
                                   child.path(),
                                   {},
                                   to_string(reason),
                                   again ? "started again (S2)" : "stays down (S2)"});
  e->cell = nullptr;
  // A supervisor that has failed itself, restarts or stops puts nothing back.
  if (self_->status() != cell_status::running && self_->status() != cell_status::starting) return;
  if (again && within_limit(child, {{errc::stopped, "it stopped: " + to_string(reason)}, {}, false, true})) {
    child_spec spec = e->spec;
    if (spec_.how == strategy::dynamic) {
      dynamic_.erase(child.number());
      static_cast<void>(start_dynamic(std::move(spec)));
    } else {
      const auto made = spawn(*e);
      if (!made) self_->fail(made.error(), nullptr);
    }
    return;
  }
  if (spec_.how == strategy::dynamic) {
    dynamic_.erase(child.number());
    return;
  }
  const auto place = static_cast<std::size_t>(e - ordered_.data());
  const bool being_started = !started_ && place == next_;
  if (e->spec.restart == restart_type::temporary) {
    ordered_.erase(ordered_.begin() + static_cast<std::ptrdiff_t>(place));
    if (place < next_) --next_;
  } else if (being_started) {
    ++next_;
  }
  if (being_started) start_next();  // it was stopped before it had started: the others must not wait for it
}

result<cell_ptr> supervisor::start_dynamic(child_spec spec) {
  if (dynamic_.size() >= spec_.children_max)
    return error{errc::overloaded, self_->path() + " has " + std::to_string(dynamic_.size()) +
                                       " children already, its maximum"};
  entry e{std::move(spec), nullptr};
  auto made = spawn(e);
  if (made) dynamic_.emplace((*made)->number(), std::move(e));
  return made;
}

}  // namespace troupe
