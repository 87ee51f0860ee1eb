// What a supervisor does about children that fail or end (SU2, SU3, SU5, S2, S3, S7, S9).
#include <troupe/cell/cell.hpp>
#include <troupe/tree/supervisor.hpp>

namespace troupe {

namespace {

std::string milliseconds_text(duration d) {
  return std::to_string(duration_cast<milliseconds>(d).count()) + " ms";
}

// A promise that nobody waits for tells nobody; an event is for everybody.
error named(const child_entry& e, const char* what, error why) {
  why.text = "child '" + child_table::id_of(e) + "' " + what + why.text;
  return why;
}

}  // namespace

decision_log& supervisor::decided() {
  if (body_display* const there = own_cell().shown()) return static_cast<decision_log&>(*there);
  auto made = std::make_unique<decision_log>();
  decision_log& log = *made;
  own_cell().show(std::move(made));
  return log;
}

// For what may go on with one, which most of what happens does not.
decision_log* supervisor::open_decisions() const noexcept {
  auto* const log = static_cast<decision_log*>(own_cell().shown());
  return log && log->is_any_open() ? log : nullptr;
}

std::vector<decision> supervisor::on(const recent_decisions&) {
  const auto* const log = static_cast<const decision_log*>(own_cell().shown());
  return log ? log->all(env().now()) : std::vector<decision>{};
}

// What more than one child had a part in (DC5).
void supervisor::tell_done(decision_log& log) {
  for (const decision& d : log.take_done()) {
    event news{event_kind::decision_done, env().now(), path(), d.message,
               d.who + ": " + d.reason,   names_in(d)};
    news.took = d.took;
    news.number = d.number;
    env().events().publish(news);
  }
}

void supervisor::report(const child_entry& e, const cell& child, const failure& why, std::string action,
                        bool restarts) {
  event news = why.as_event(child, std::move(action));
  news.restarts = restarts;
  decision d;
  d.who = child.own_name();
  d.reason = news.reason;
  d.message = news.message;
  d.action = news.action;
  d.is_over = !restarts;
  if (restarts) d.stopped = {d.who};
  decided().add(std::move(d), is_group() ? decision_log::group : &e, news.at);
  env().events().publish(news);
}

// Of an end that is no failure, or the supervisor's own.
void supervisor::report_end(event news, std::string who) {
  decision d;
  d.who = std::move(who);
  d.reason = news.reason;
  d.action = news.action;
  decided().add(std::move(d), decision_log::group, news.at);
  env().events().publish(news);
}

void supervisor::give_up(error why) {
  report_end({event_kind::escalated, env().now(), path(), {}, why.text, "fails to its parent (S3)"},
             "itself");
  if (started_)
    own_cell().fail(std::move(why), nullptr);
  else
    own_cell().start_finished(std::move(why));
}

// ---- a failure

void supervisor::child_failed(cell& child, const failure& why) {
  child_entry* const e = children_.find(child);
  if (!e) return child.request_stop({exit_kind::failed, why.why});
  // A supervisor that has failed itself, restarts or stops takes its children along.
  if (!is_at_work()) return;
  if (e->phase == child_phase::falling || e->phase == child_phase::stopping)
    return report(*e, child, why, "nothing: it was told to go down already");
  if (why.ignored) {
    e->extras().was_ignored = true;
    move(*e, child_phase::stopping);
    return child.request_stop(exit_kind::normal);
  }
  const bool first_start =
      why.while_starting && e->phase == child_phase::starting && child.incarnation() == 0;
  if (first_start &&
      ((!started_ && !is_dynamic() && work_.is_wanted(e->at)) || (e->rare && e->rare->is_awaited)))
    return start_has_failed(*e, why.why);
  e->extras().failed_at = env().platform().clock().now();
  move(*e, child_phase::failed);
  if (why.wanted == directive::escalate) {
    report(*e, child, why, "escalated: its rules say so of this exception (RU1)");
    return give_up(named(*e, "failed, and its rules escalate that: ", why.why));
  }
  if (why.wanted == directive::stop) {
    report(*e, child, why, "stopping it: its rules say so of this exception (RU1)");
    e->extras().stays_down = true;
    return child.request_stop({exit_kind::failed, why.why});
  }
  if (!should_restart(e->spec->restart, exit_kind::failed)) {
    report(*e, child, why, "stopping it: it is " + std::string{to_string(e->spec->restart)} + " (S2)");
    return child.request_stop({exit_kind::failed, why.why});
  }
  // One whose start failed, or takes too long, may sit in it still: it has to be told to go down first.
  if (may_restart(*e, child, why)) restart(*e, exit_kind::failed, why.while_starting);
}

// A first start that somebody waits for: the supervisor's own, or an administrator's.
void supervisor::start_has_failed(child_entry& e, const error& why) {
  if (!started_ && !is_dynamic() && work_.is_wanted(e.at))
    return own_cell().start_finished(named(e, "failed to start: ", why));
  if (!e.rare || !e.rare->is_awaited)  // its recipe or its name makes no child any more
    return give_up(named(e, "can't be made: ", why));
  e.rare->not_started = named(e, "failed to start: ", why);
  e.rare->not_started->code = errc::start_failed;
  if (e.who) return e.who->request_stop({exit_kind::failed, why});
  move(e, child_phase::down);
  was_not_started(e);
}

// An administrator hears of it when nothing is left of the attempt.
void supervisor::was_not_started(child_entry& e) {
  const promise<child_info> who = std::exchange(e.rare->started, {});
  error why = std::move(*std::exchange(e.rare->not_started, std::nullopt));
  e.rare->is_awaited = false;
  ended_for_good(e, false);
  if (!who.fail(why)) env().events().log(log_level::warning, path(), "can't start a child: " + why.text);
}

bool supervisor::may_restart(child_entry& e, const cell& child, const failure& why) {
  if (e.spec->pace.index() == 0) return within_limit(e, child, why);
  child_extras& x = e.extras();
  if (!x.pacer) x.pacer.emplace(e.spec->pace);
  if (!random_) random_.emplace(env().platform().entropy().next());
  const pace_verdict verdict = x.pacer->failed(env().now(), *random_);
  if (verdict.exhausted) {
    report(e, child, why, "not restarted: its failures in a row are used up (S9)");
    give_up(
        {errc::handler_failed, "child '" + child_table::id_of(e) +
                                   "' failed too often in a row; the last failure: " + to_string(why.why)});
    return false;
  }
  if (verdict.wait == duration::zero()) {
    report(e, child, why, "restarting it: its circuit is closed (S9)", true);
    return true;
  }
  report(e, child, why,
         "restarting it in " + milliseconds_text(verdict.wait) +
             (verdict.open ? ": its circuit is open (S9)" : " (S9)"),
         true);
  wait_before_restart(e, verdict.wait);
  return true;
}

bool supervisor::within_limit(child_entry& e, const cell& child, const failure& why) {
  const time_point now = env().now();
  const bool within = !why.counts || window_.record(now);
  const std::string count = std::to_string(window_.recent(now)) + " of " +
                            std::to_string(window_.intensity()) + " restarts in " +
                            milliseconds_text(window_.period());
  if (within) {
    std::string action = "restarting it";
    if (is_group()) action += " by " + std::string{to_string(how_)};
    report(e, child, why, action + ": " + count + " (S3)", true);
    return true;
  }
  report(e, child, why, "not restarted: " + count + " are used up (S3)");
  give_up({errc::handler_failed, "too many restarts: " + count + "; the last failure, of child '" +
                                     child_table::id_of(e) + "': " + to_string(why.why)});
  return false;
}

void supervisor::wait_before_restart(child_entry& e, duration wait) {
  child_extras& x = e.extras();
  child_extras::end(x.wait);
  x.not_before = env().from_now(wait);
  // By the place in a table that does not move: a child that is down has no number.
  x.wait = later(wait, [this, due = &e] {
    due->rare->wait = nullptr;
    due->rare->not_before = never;
    if (!is_dynamic() && work_.is_wanted(due->at))
      advance();
    else if (due->phase == child_phase::held || due->phase == child_phase::down)
      launch(*due);
  });
}

// It is to be restarted, and all that go with it.
void supervisor::restart(child_entry& e, exit_kind exit, bool has_a_body_to_end) {
  if (is_group()) {
    work_.restart(restart_plan(how_, e.at, exit, work_.states()), e.at);
    return advance();
  }
  const bool waits = e.rare && e.rare->not_before != never;
  if (!e.who) return launch_alone(e);
  if (!waits && !has_a_body_to_end) return launch(e);
  move(e, child_phase::falling);
  e.who->request_hold();
  expect_gone(e);
}

// ---- an end

void supervisor::child_stopped(cell& child, const exit_reason& reason) {
  child_entry* const e = children_.find(child);
  if (!e) return;
  const child_phase was = e->phase;
  if (e->rare) child_extras::end(e->rare->overdue);
  const cell_ptr gone{&child};
  if (decision_log* const log = open_decisions(); log && was == child_phase::stopping)
    log->went_down(e, child.own_name());
  children_.now_has(*e, nullptr);
  move(*e, child_phase::down);
  // A supervisor that has failed itself, restarts or stops puts nothing back.
  if (!is_at_work()) return;
  if (e->rare && e->rare->successor) return take_place(*e);
  if (e->rare && std::exchange(e->rare->was_ignored, false)) {
    tell_started(*e, info_of(*e));
    return ended_for_good(*e, false);
  }
  if (was == child_phase::stopping) return ended_for_good(*e, false);
  if (was == child_phase::falling) {  // it did not keep its cell: its place is taken by a new one
    if (!is_dynamic() && work_.is_wanted(e->at)) return advance();
    return launch_alone(*e);
  }
  if (e->rare && e->rare->not_started) return was_not_started(*e);
  const bool stays = e->rare && std::exchange(e->rare->stays_down, false);
  const bool again = !stays && should_restart(e->spec->restart, reason.kind);
  if (!again) {
    if (!is_dynamic() || reason.kind != exit_kind::normal)
      report_end(
          {event_kind::actor_stopped, env().now(), child.path(), {}, to_string(reason), "stays down (S2)"},
          child.own_name());
    return ended_for_good(*e, true);
  }
  e->extras().failed_at = env().platform().clock().now();
  failure as_failure{{errc::stopped, to_string(reason)}, {}};
  as_failure.ended = true;
  if (may_restart(*e, child, as_failure)) restart(*e, reason.kind, false);
}

// It is down, and does not come back by itself.
void supervisor::ended_for_good(child_entry& e, bool by_itself) {
  if (decision_log* const log = open_decisions()) {
    log->ended(&e, env().now());
    tell_done(*log);
  }
  // Whatever it ended of: who waits for its stop hears of it, and so does who waits for a start that will not be.
  tell_stopped(e);
  if (e.rare) {
    tell_started(e, error{errc::cancelled,
                          "child '" + child_table::id_of(e) + "' ended before it had started",
                          {},
                          path()});
    e.rare->not_started.reset();
    e.rare->stays_down = false;
    child_extras::end(e.rare->wait);
    e.rare->not_before = never;
  }
  const bool counts = by_itself && e.spec->is_significant;
  if (counts) {
    if (told_->ends == auto_shutdown::any_significant) return shut_down_by(e);
    bool others = false;
    for (const auto& one : children_) others |= one->spec->is_significant && one->who;
    if (told_->ends == auto_shutdown::all_significant && !others) return shut_down_by(e);
  }
  if (!is_dynamic()) work_.leave(e.at);
  if (is_dynamic() || e.spec->restart == restart_type::temporary || (e.rare && e.rare->is_forgotten))
    erase(e);
  advance();
}

void supervisor::shut_down_by(const child_entry& e) {
  report_end({event_kind::actor_stopped,
              env().now(),
              path(),
              {},
              "its significant child '" + child_table::id_of(e) + "' has ended",
              "shuts itself down: " + std::string{to_string(told_->ends)} + " (S2)"},
             "itself");
  own_cell().stop_self({exit_kind::shutdown, {}});
}

}  // namespace troupe
