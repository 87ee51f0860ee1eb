// A cell's life: made, started, failed, restarted (rules L1, L2, L5, S6, S11); its end is in stop.cpp. The parent decides; this
// carries out.
#include <algorithm>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <charconv>
#include <troupe/base/check.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/base/throw_site.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/extras.hpp>
#include <troupe/cell/link_ended.hpp>
#include <troupe/cell/message_facts.hpp>
#include <troupe/cell/placement.hpp>
#include <troupe/cell/restarted.hpp>
#include <troupe/cell/storage.hpp>
#include <troupe/cell/terminated.hpp>

namespace troupe {

event failure::as_event(const cell& child, std::string action) const {
  event out{ended ? event_kind::actor_stopped : event_kind::actor_failed,
            child.env().now(),
            child.path(),
            message,
            ended ? why.text : to_string(why),
            std::move(action)};
  out.number = child.incarnation();
  out.sender = sender;
  out.content = content;
  out.trace = trace;
  if (child.settings().type) out.type = child.settings().type->name;
  out.cause = why.type.empty() ? std::string{to_string(why.code)} : why.type;
  if (why.thrown_at) out.stack = why.thrown_at->text();
  return out;
}

void body::child_failed(cell& child, const failure& why) {
  child.request_stop({exit_kind::failed, why.why});  // before it is said: who hears of it finds it stopping
  child.env().events().publish(why.as_event(child, "stopping it: its parent is no supervisor (S11)"));
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
    case cell_status::held:
      return "held";
    case cell_status::stopping:
      return "stopping";
    case cell_status::stopped:
      return "stopped";
  }
  return "unknown";
}

cell::cell(caf::actor_config& config, const shared_settings& settings, cell_ptr parent, cell_props&& props)
    : caf::monitorable_actor(config),
      parent_(std::move(parent)),
      settings_(settings),
      wants_turn_end_(settings.type && settings.type->wants_turn_end),
      observed_(!settings.env().intercepted_by().empty()) {
  static_assert(sizeof(cell) == 216, "C7");
  if (!props.name.empty()) extras_.made().name = std::move(props.name);
  if (props.on_first_start)
    extras_.made().starting.reset(new extras::first_start{std::move(props.on_first_start), {}, {}, {}});
  if (is_bounded()) extras_.made().bounded = std::make_unique<bounded_part>(settings.mailbox);
  if (is_prioritized())
    extras_.made().prioritized = std::make_unique<prioritized_part>(*settings.mailbox.levels);
  if (props.rules) extras_.made().rules = std::move(props.rules);
  if (props.seat) extras_.made().seat = std::move(props.seat);
  keep(std::move(props.how));
  env().cell_begins();
}

cell::~cell() {
  env().await_inspection();
  for (signal* s = system_lane_.take_all(); s;) {
    signal* const following = s->next;
    s->dispose();
    s = following;
  }
  end_body();  // of one that never stopped: its system went before its turn came
  take_waiting_recipe();
  environment& last = env();
  settings_.release();
  last.cell_ends();
}

result<cell_ptr> cell::spawn(environment& env, cell_ptr parent, cell_props&& props) {
  if (props.name.find('/') != std::string::npos || props.name.starts_with('$') ||
      props.name.size() > limits::name_bytes_max)
    return error{errc::invalid, "'" + props.name + "' is no actor name: 1 to " +
                                    std::to_string(limits::name_bytes_max) +
                                    " bytes without '/', not beginning with '$'"};
  check(props.how != nullptr, "a cell needs a recipe for its body");
  auto* const host = env.caf();
  if (!host) return error{errc::stopped, "the system has been shut down"};
  if (const auto placed = place(env, parent.get(), props); !placed) return placed.error();
  caf::actor_config config;
  const std::size_t room = room_for(*props.how);
  cell* const before = props.before;
  const cell_ptr made{
      detail::pooled_actor<cell>::make(room, host->next_actor_id(), host->node(), host, config,
                                       env.settings(props, props.seat != nullptr), parent, std::move(props)),
      false};
  if (parent) {
    extras* const x = parent->extras_.made_unless_sealed();
    const auto added = x ? x->family.add(made, before) : family::added::closed;
    if (added != family::added::yes) made->set_status(cell_status::stopped);
    if (added == family::added::closed)
      return error{errc::stopped, "its parent " + parent->path() + " is stopping"};
    if (added == family::added::name_taken)
      return error{errc::already_exists,
                   parent->path() + " has a child named '" + made->own_name() + "' already"};
  }
  engine::worker::send_kept();  // before the new actor can send
  made->add_reference();        // C3
  made->schedule();             // an inbox begins scheduled; the first turn builds
  return made;
}

std::string cell::own_name() const {
  const std::string_view given = given_name();
  return given.empty() ? "$" + std::to_string(number()) : std::string{given};
}

std::string cell::path() const {
  std::string out;
  if (!parent_) return out = "/";
  constexpr std::size_t usual = 48;
  out.reserve(usual);
  append_path(out);
  return out;
}

std::string cell::token() { return std::to_string(number()) + path(); }

void cell::append_path(std::string& out) const {
  if (!parent_) return;
  parent_->append_path(out);
  out += '/';
  if (const std::string_view given = given_name(); !given.empty()) {
    out += given;
    return;
  }
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number()).ptr;
  out += '$';
  out.append(digits, static_cast<std::size_t>(end - digits));
}

cell_ptr cell::child(std::string_view name) const {
  const extras* const x = extras_.get();
  return x ? x->family.find(name) : cell_ptr{};
}

std::vector<cell_ptr> cell::children() const {
  const extras* const x = extras_.get();
  return x ? x->family.all() : std::vector<cell_ptr>{};
}

std::vector<cell_ptr> cell::first_children(std::size_t count) const {
  const extras* const x = extras_.get();
  return x ? x->family.first(count) : std::vector<cell_ptr>{};
}

void cell::of_body(std::unique_ptr<body_extras> what) { extras_.made().of_body = std::move(what); }

void cell::request_restart() {
  run_inside([](cell& c) { c.begin_restart(); });
}

void cell::request_hold() {
  run_inside([](cell& c) { c.begin_hold(); });
}

// ---- start

void cell::build() {
  if (status() != cell_status::starting || is_killed()) return;
  // In its extras only while a start is under way that has returned (a coroutine's): they would stay with every child there is.
  start_limit_ptr limit = start_limit::begin(*this);
  const auto in_time = [&limit] {
    if (limit) std::exchange(limit, nullptr)->end();
  };
  try {
    troupe::body& made = make_body();
    if (extras* const x = extras_.get(); x && x->carried)
      made.take_body_state(
          *std::exchange(x->carried, nullptr));  // once: a start that fails of it is not to fail again
    if (made.start_body()) {
      in_time();
      started();
    } else if (limit && status() == cell_status::starting) {
      auto& starting = extras_.made().starting;
      if (!starting) starting.reset(new extras::first_start);
      starting->limit = std::move(limit);
    }
    in_time();
  } catch (...) {
    in_time();
    start_failed(current_exception_error(errc::start_failed), judged_now());
  }
}

void cell::end_start_limit() noexcept {
  extras* const x = extras_.get();
  if (!x || !x->starting) return;
  if (const auto limit = std::exchange(x->starting->limit, nullptr)) limit->end();
}

void cell::tell_start_listener(const result<void>& how) {
  extras* const x = extras_.get();
  if (!x || !x->starting) return;
  if (const auto listener = std::exchange(x->starting->listener, nullptr)) listener(how);
}

void cell::start_finished(result<void> how) {
  if (body_started_ || !body() || status() != cell_status::starting) return;
  if (how)
    started();
  else
    start_failed(how.error(), judged_now());
}

void cell::started() {
  if (status() == cell_status::stopping) return;
  end_start_limit();
  const bool again = first_start_done_;
  first_start_done_ = body_started_ = true;
  set_status(cell_status::running);
  tell_start_listener({});
  if (extras* const x = extras_.get()) {
    x->starting = nullptr;
    x->carried = nullptr;
    if (again && x->restart_watchers)
      for (const address_ptr& one : *x->restart_watchers) send_restarted(*one);
  }
  if (settings_.tells_parent)
    parent_->run_inside([child = cell_ptr{this}, again](cell& parent) {
      if (troupe::body* const b = parent.body()) b->child_started(*child, again);
    });
}

void cell::start_failed(error why, first_judgement judged) {
  if (status() == cell_status::stopping) return;
  end_start_limit();
  why.code = errc::start_failed;
  if (why.path.empty()) why.path = path();
  auto& starting = extras_.made().starting;
  if (!starting) starting.reset(new extras::first_start);
  starting->why = std::move(why);
  starting->judged = judged;
  if (troupe::body* const b = body()) b->end_tasks();
  set_status(cell_status::restarting);
  stop_children(afterwards::report_start_failure);  // S4: what it has started goes down in reverse
}

void cell::report_start_failure() {
  end_body();
  extras_.close_family(false);
  set_status(cell_status::failed);
  extras::first_start& starting = *extras_.made().starting;
  failure what{std::exchange(starting.why, {}), {}, true, true};
  const first_judgement judged = std::exchange(starting.judged, {});
  what.wanted = judged.wanted;
  what.ignored = judged.ignored;
  tell_start_listener(what.why);
  report_failure(std::move(what));
}

// ---- failure and restart

failure cell::failure_on(const engine::envelope* poison, error why) const {
  if (!poison) return {std::move(why), {}};
  message_facts about = message_facts::of(env(), *poison);
  return {std::move(why),          std::move(about.type), false, true, std::move(about.content),
          std::move(about.sender), std::move(about.trace)};
}

first_judgement cell::judged_now() const noexcept {
  const std::exception_ptr what = std::current_exception();
  const extras* const x = extras_.get();
  return {x && x->rules ? x->rules->decide(what) : std::nullopt, detail::is_exception<start_ignored>(what)};
}

void cell::fail(error why, engine::envelope_ptr poison) {
  fail_with(std::move(why), std::move(poison), judged_now());
}

void cell::fail_with(error why, engine::envelope_ptr poison, first_judgement judged) {
  if (status() == cell_status::starting) {
    // Inside `start`, perhaps inside a coroutine that must not be destroyed now: judge it once that is over.
    run_inside([why = std::move(why), judged, born = incarnation()](cell& c) mutable {
      if (c.incarnation() != born) return;
      if (c.status() == cell_status::starting)
        c.start_failed(std::move(why), judged);
      else
        c.fail_with(std::move(why), nullptr, judged);
    });
    return;
  }
  if (status() != cell_status::running || is_killed()) {
    // It is on its way out already: nobody is left to ask, so say it and go on.
    env().events().publish(failure_on(poison.get(), std::move(why)).as_event(*this, "ignored: not running"));
    return;
  }
  if (why.path.empty()) why.path = path();
  if (const interceptors& chain = env().intercepted_by(); !chain.empty())
    chain.actor_failed(env(), number(), poison ? poison->type : nullptr);
  failure what = failure_on(poison.get(), std::move(why));
  what.wanted = judged.wanted;
  if (judged.wanted == directive::resume) {  // RU3
    if (poison) give_to_dead(std::move(poison), what.why);
    env().events().publish(what.as_event(*this, "resumed: its rules say so of this exception (RU3)"));
    return;
  }
  std::deque<engine::envelope_ptr> back;
  body()->give_back(back);
  if (poison) {
    const poison_policy& policy = settings_.poison;
    constexpr unsigned retries_max = 0x7fff;  // what the header has room for
    const bool again =
        policy.what == poison_policy::fate::put_back ||
        (policy.what == poison_policy::fate::retry && unsigned{poison->retries} < policy.retries);
    // S7: also when it is given up after its last retry. What is put back has no last one, so each counts.
    what.counts = poison->retries == 0 || policy.what == poison_policy::fate::put_back;
    if (again) {
      if (poison->retries < retries_max) ++poison->retries;
      if (poison->type == &terminated_type) hear_end_again(poison->as<terminated>());  // L4: due again
      if (poison->type == &link_ended_type) extras_.made().links.put_back(poison->as<link_ended>());
      back.push_back(std::move(poison));
    } else {
      give_to_dead(std::move(poison), what.why);
    }
  }
  look_up(work::none);
  if (is_killed()) [[unlikely]]
    await_swept();  // C10: what waits may be in other hands
  looked_ = false;
  while (!back.empty()) {
    backlog_.push_front(std::move(back.back()));
    back.pop_back();
  }
  set_status(cell_status::failed);
  report_failure(std::move(what));
}

void cell::give_to_dead(engine::envelope_ptr poison, const error& why) {
  if (auto slot = std::move(poison->reply)) {
    error answer = why;
    answer.code = errc::handler_failed;
    slot->fail(std::move(answer));
  }
  env().dead_letter(std::move(poison), path(), errc::handler_failed);
}

void cell::report_failure(failure what) {
  if (!parent_) {
    begin_stop(exit_kind::failed, std::make_unique<error>(what.why));
    return;
  }
  parent_->run_inside([child = cell_ptr{this}, what = std::move(what)](cell& parent) {
    if (troupe::body* const b = parent.body())
      b->child_failed(*child, what);
    else
      child->request_stop({exit_kind::failed, what.why});
  });
}

void cell::begin_restart() {
  if (status() == cell_status::held) return rebuild();
  if (status() != cell_status::failed && status() != cell_status::running) return;
  if (!settings_.restarts)
    return begin_stop(exit_kind::failed, nullptr);  // RE1: there is nothing to make it from
  set_status(cell_status::restarting);
  if (troupe::body* const b = body()) b->end_tasks();
  stop_children(afterwards::rebuild);
}

void cell::begin_hold() {
  const auto s = status();
  if (s == cell_status::stopping || s == cell_status::stopped || s == cell_status::held) return;
  if (!settings_.restarts) return begin_stop(exit_kind::failed, nullptr);  // RE1
  end_turn();  // L3, for what the turn has handled so far
  end_start_limit();
  set_status(cell_status::restarting);
  if (troupe::body* const b = body()) b->end_tasks();
  extras_.made().goes_down = true;
  if (s != cell_status::restarting) return stop_children(afterwards::rebuild);
  // Its children are being stopped already, for a new body or because its start had failed: nobody has to judge that any more.
  after_children_ = afterwards::rebuild;
}

void cell::rebuild() {
  extras_.close_family(false);
  incarnation_.fetch_add(1, std::memory_order_relaxed);
  set_status(cell_status::starting);
  build();
}

void cell::keep_state() {
  troupe::body* const b = body();
  if (!b || !body_started_) return;
  try {
    if (auto kept = b->carry_body_state()) extras_.made().carried = std::move(kept);
  } catch (...) {
    env().events().publish({event_kind::actor_failed,
                            env().now(),
                            path(),
                            {},
                            to_string(current_exception_error(errc::handler_failed)),
                            "snapshot threw; it starts without its state"});
  }
}

void cell::send_restarted(troupe::address& watcher) {
  auto e = engine::make_envelope<restarted>(restarted_type, number(), address_ptr{this}, incarnation());
  e->counted = false;  // M9
  watcher.post(std::move(e));
}

void cell::tear_down() {
  troupe::body* const b = body();
  if (!b) return;
  b->end_tasks();
  if (body_started_) {
    body_started_ = false;
    try {
      b->stop_body();
    } catch (...) {
      env().events().publish({event_kind::actor_failed,
                              env().now(),
                              path(),
                              {},
                              to_string(current_exception_error(errc::handler_failed)),
                              "on_stop threw; stopping goes on (L2)"});
    }
  }
  end_body();
}

}  // namespace troupe
