// What a supervisor does for an administrator (messages.hpp).
#include <algorithm>
#include <troupe/tree/lives_elsewhere.hpp>
#include <troupe/tree/supervisor.hpp>

namespace troupe {

namespace {

// A dynamic child that is never restarted needs nothing of its spec but what kind it is, and there may be many.
const std::shared_ptr<const child_spec>& of_no_pattern() {
  static const auto shared = [] {
    child_spec s;
    s.restart = restart_type::temporary;
    return std::make_shared<const child_spec>(std::move(s));
  }();
  return shared;
}

}  // namespace

child_info supervisor::info_of(const child_entry& e) const {
  child_info out;
  out.id = child_table::id_of(e);
  if (e.who) {
    out.path = e.who->path();
    out.restarts = e.who->incarnation();
    if (const auto* const there = dynamic_cast<const lives_elsewhere*>(e.who->shown()))
      out.lives_at = there->lives_at();
  }
  out.phase = e.phase;
  out.restart = e.spec->restart;
  out.is_supervisor = e.spec->is_supervisor;
  out.is_significant = e.spec->is_significant;
  return out;
}

std::vector<child_info> supervisor::on(const which_children&) {
  std::vector<child_info> out;
  out.reserve(children_.size());
  for (const auto& e : children_) out.push_back(info_of(*e));
  return out;
}

child_counts supervisor::on(const count_children&) {
  child_counts out;
  out.specs = is_dynamic() ? 1 : children_.size();
  for (const auto& e : children_) {
    out.active += e->who && e->phase != child_phase::starting && e->phase != child_phase::held &&
                  e->phase != child_phase::falling && e->phase != child_phase::failed;
    (e->spec->is_supervisor ? out.supervisors : out.workers) += 1;
  }
  return out;
}

result<child_entry*> supervisor::known(const std::string& id) {
  if (child_entry* const e = children_.find(id)) return e;
  return error{errc::not_found, path() + " has no child '" + id + "'", {}, path()};
}

void supervisor::await_start(child_entry& e, promise<child_info> who) {
  e.extras().started = std::move(who);
  e.extras().is_awaited = true;
}

// ---- start

promise<child_info> supervisor::on(const start_child& m) {
  if (children_.size() < m.children_max) return begin(child_spec{m.spec});
  auto who = answer_later<child_info>();
  who.fail({errc::overloaded,
            path() + " has " + std::to_string(children_.size()) +
                " children already, and who asks may have it have " + std::to_string(m.children_max),
            {},
            path()});
  return who;
}

promise<child_info> supervisor::on(const start_from_pattern&) {
  if (pattern_ && pattern_->make) return begin(child_spec{*pattern_});
  auto who = answer_later<child_info>();
  who.fail({errc::invalid, path() + " has no pattern that says how a child is made", {}, path()});
  return who;
}

promise<child_info> supervisor::begin(child_spec&& spec) {
  auto who = answer_later<child_info>();
  const auto refuse = [&](errc code, const std::string& why) {
    if (!who.fail({code, why, {}, path()}))
      env().events().log(log_level::warning, path(), "can't start a child: " + why);
    return who;
  };
  if (pattern_) {
    child_spec made = *pattern_;
    made.id = std::move(spec.id);
    if (spec.make) made.make = std::move(spec.make);
    spec = std::move(made);
  }
  const auto no_dispatcher = [this](const std::string& name) { return env().no_dispatcher(name); };
  if (const auto wrong = mistakes_in(*told_, spec, path(), no_dispatcher); !wrong.empty()) {
    std::string text = "a child of " + path() + " can't be started";
    for (const auto& line : wrong) text += "; " + line;
    return refuse(errc::invalid, text);
  }
  if (is_dynamic() && children_.size() >= told_->children_max)
    return refuse(errc::overloaded,
                  path() + " has " + std::to_string(children_.size()) + " children already, its maximum");
  if (!spec.id.empty())
    if (const child_entry* const there = children_.find(spec.id))
      return refuse(errc::already_exists,
                    path() + " has a child '" + spec.id + "' already, which " +
                        (there->who ? "runs" : "is down: restart it, or delete it first"));
  const bool forgets = is_dynamic() && spec.restart == restart_type::temporary && spec.id.empty();
  child_entry& e = children_.add(std::make_shared<const child_spec>(std::move(spec)));
  if (!is_dynamic()) work_.add(e.spec->restart);
  await_start(e, who);
  e.extras().is_forgotten = true;  // S4: one that does not start leaves nothing
  launch(e);
  if (forgets && is_dynamic() && e.who)
    e.spec = pattern_ && pattern_->restart == restart_type::temporary ? pattern_ : of_no_pattern();
  return who;
}

promise<child_info> supervisor::on(const restart_child& m) {
  auto who = answer_later<child_info>();
  const auto found = known(m.id);
  if (!found) {
    who.fail(found.error());
  } else if (child_entry& e = **found; e.phase != child_phase::down || (e.rare && e.rare->wait)) {
    who.fail({errc::invalid,
              "child '" + m.id + "' of " + path() + " is not down: it is " + std::string{to_string(e.phase)},
              {},
              path()});
  } else {
    await_start(e, who);
    launch(e);
  }
  return who;
}

// ---- stop

promise<child_info> supervisor::on(const terminate_child& m) {
  auto who = answer_later<child_info>();
  const auto found = known(m.id);
  if (!found) {
    who.fail(found.error());
    return who;
  }
  child_entry& e = **found;
  if (!is_dynamic()) work_.leave(e.at);
  if (e.rare) {
    child_extras::end(e.rare->wait);
    e.rare->not_before = never;
  }
  tell_started(
      e, error{errc::cancelled, "child '" + m.id + "' was terminated before it had started", {}, path()});
  if (!e.who) {
    const child_info info = info_of(e);
    who.reply(info);
    if (is_dynamic()) erase(e);
    advance();
    return who;
  }
  if (e.rare && e.rare->successor) adopt_successor(e);  // what was to come next is not wanted any more either
  e.extras().is_forgotten = false;
  e.rare->stopped.push_back(who);
  move(e, child_phase::stopping);
  e.who->request_stop(exit_kind::shutdown);
  expect_gone(e);
  return who;
}

result<child_info> supervisor::on(const delete_child& m) {
  const auto found = known(m.id);
  if (!found) return found.error();
  child_entry& e = **found;
  if (is_dynamic())
    return error{errc::invalid, path() + " is dynamic: it keeps no specs of its children", {}, path()};
  if (e.phase != child_phase::down || (e.rare && e.rare->wait))
    return error{
        errc::invalid,
        "child '" + m.id + "' of " + path() + " is not down: it is " + std::string{to_string(e.phase)},
        {},
        path()};
  child_info info = info_of(e);
  erase(e);
  advance();
  return info;
}

promise<child_info> supervisor::on(const replace_child& m) {
  auto who = answer_later<child_info>();
  const auto found = known(m.spec.id);
  const auto no_dispatcher = [this](const std::string& name) { return env().no_dispatcher(name); };
  if (!found || is_dynamic()) {
    who.fail(found ? error{errc::invalid, path() + " is dynamic: its children have no places", {}, path()}
                   : found.error());
    return who;
  }
  if (const auto wrong = mistakes_in(*told_, m.spec, path(), no_dispatcher); !wrong.empty()) {
    std::string text = "child '" + m.spec.id + "' of " + path() + " can't be replaced";
    for (const auto& line : wrong) text += "; " + line;
    who.fail({errc::invalid, text, {}, path()});
    return who;
  }
  child_entry& e = **found;
  tell_started(e, error{errc::cancelled, "it was replaced before it had started", {}, path()});
  await_start(e, who);
  e.rare->successor = std::make_shared<const child_spec>(m.spec);
  work_.leave(e.at);
  child_extras::end(e.rare->wait);
  e.rare->not_before = never;
  if (!e.who) {
    take_place(e);
    return who;
  }
  move(e, child_phase::stopping);
  e.who->request_stop(exit_kind::shutdown);
  expect_gone(e);
  return who;
}

// The place is another one's from now on.
void supervisor::adopt_successor(child_entry& e) {
  e.spec = std::exchange(e.rare->successor, nullptr);
  work_.change(e.at, e.spec->restart);
  e.rare->pacer.reset();
  e.rare->not_started.reset();
  e.rare->is_forgotten = e.rare->stays_down = e.rare->was_ignored = false;
}

// The one before is gone.
void supervisor::take_place(child_entry& e) {
  adopt_successor(e);
  tell_stopped(e);
  launch(e);
}

// ---- settings

result<bool> supervisor::on(const set_restart_limit& m) {
  if (m.period <= duration::zero())
    return error{errc::invalid, "the restart period must be more than 0", {}, path()};
  window_.change(m.intensity, m.period);
  return true;
}

result<bool> supervisor::on(const set_strategy& m) {
  if (m.how > strategy::dynamic)  // what another node writes is a number
    return error{
        errc::invalid, "strategy " + std::to_string(static_cast<unsigned>(m.how)) + " is none", {}, path()};
  if (is_dynamic() != (m.how == strategy::dynamic))
    return error{
        errc::invalid,
        path() + " is " + std::string{to_string(how_)} + " and can't become " + std::string{to_string(m.how)},
        {},
        path()};
  how_ = m.how;
  return true;
}

}  // namespace troupe
