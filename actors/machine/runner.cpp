#include <algorithm>
#include <string>
#include <troupe/actor/in_hand.hpp>
#include <troupe/base/error.hpp>
#include <troupe/machine/events.hpp>
#include <troupe/machine/runner.hpp>

namespace troupe::detail {

using statechart::effect;
using statechart::effect_kind;
using statechart::timer_kind;

machine_runner::~machine_runner() = default;

void machine_runner::begin(wishes first) {
  carry_out(core_.begin(first.what), first, nullptr);
  run_queue();
}

void machine_runner::event(event_id what, delivery& d, const void* content) {
  take_on(what, core_.state(), d, content);
  run_queue();
}

void machine_runner::take_on(event_id what, statechart::state_id in, delivery& d, const void* content) {
  by_ = what;
  wishes none;
  carry_out(core_.event_comes(), none, nullptr);
  handle(what, in, d, content);
}

void machine_runner::handled(statechart::state_id handler, wishes asked, delivery& d) {
  carry_out(core_.handled(handler, asked.what), asked, &d);
}

void machine_runner::carry_out(const statechart::effects& all, wishes& asked, delivery* d) {
  std::deque<queued> inserted;
  for (const effect& e : all) {
    switch (e.what) {
      case effect_kind::leave:
        leave_action(e.state);
        break;
      case effect_kind::change:
        core_.changed(e);
        tell_change(states_.name(e.from), states_.name(e.state), name_or_none(by_));
        break;
      case effect_kind::enter: {
        wishes more = enter_action(e.state);
        carry_out(core_.entered(e.state, more.what.wanted), more, nullptr);
        break;
      }
      case effect_kind::start_timer:
      case effect_kind::timer_due:
        start(e, asked);
        break;
      case effect_kind::cancel_timer:
        cancel(e.timer);
        break;
      case effect_kind::insert:
        inserted.push_back({.what = e.event, .content = std::move(asked.contents[e.content])});
        break;
      case effect_kind::put_aside:
        if (!d || !*d)
          throw failed{{errc::invalid, "a state machine can't postpone `" + std::string{name_or_none(by_)} +
                                           "`: it is no message of its own"}};
        put_message_aside();
        break;
      case effect_kind::retry:
        retry_messages();
        break;
      case effect_kind::stop:
        ended_ = true;  // MR3; the actor itself ends after its handler
        if (parts_) parts_->queue.clear();
        stop_actor(std::move(asked.stops_for));
        break;
      case effect_kind::overrun:
        throw failed{{errc::overloaded,
                      "the state machine goes in circles: it made itself more events in a row than chain_max "
                      "allows, the last by `" +
                          std::string{name_or_none(by_)} + "` in state `" +
                          std::string{states_.name(core_.state())} +
                          "`; to go on by itself it uses a timeout"}};
    }
  }
  if (inserted.empty() || ended_) return;
  if (!parts_) parts_ = std::make_unique<lazy_part>();
  auto& queue = parts_->queue;
  queue.insert(queue.begin(), std::make_move_iterator(inserted.begin()),
               std::make_move_iterator(inserted.end()));
}

machine_runner::started_timer* machine_runner::find(statechart::timer_id id) noexcept {
  if (!parts_) return nullptr;
  const auto at = std::find_if(parts_->timers.begin(), parts_->timers.end(),
                               [id](const started_timer& t) { return t.id == id; });
  return at == parts_->timers.end() ? nullptr : &*at;
}

machine_runner::started_timer& machine_runner::made(statechart::timer_id id) {
  if (started_timer* const t = find(id)) return *t;
  if (!parts_) parts_ = std::make_unique<lazy_part>();
  return parts_->timers.emplace_back(started_timer{id});
}

void machine_runner::cancel(statechart::timer_id id) noexcept {
  started_timer* const t = find(id);
  if (!t) return;
  ++t->generation;  // one that is due and queued is not that one any more
  t->handle.cancel();
  t->content.reset();
}

void machine_runner::start(const effect& e, wishes& asked) {
  // Said where the mistake is made, not when the time has passed.
  const timer_events become = timers_become();
  const bool of_state = e.timer.kind == timer_kind::state;
  if (e.timer.kind != timer_kind::named) {
    const auto in = of_state ? e.timer.of : core_.state();
    if (!takes(of_state ? become.of_state : become.of_event, in))
      throw failed{
          {errc::invalid, "a " + std::string{of_state ? "state" : "event"} + "_timeout is started in `" +
                              std::string{states_.name(in)} + "`, but no handler would take it: write when(" +
                              std::string{states_.name(in)} +
                              ", troupe::" + std::string{of_state ? "state" : "event"} + "_timeout)"}};
  }
  cancel(e.timer);
  started_timer& t = made(e.timer);
  if (e.timer.kind == timer_kind::named) t.content = std::move(asked.contents[e.content]);
  if (e.what == effect_kind::start_timer)
    t.handle = arm(e.timer, t.generation, e.delay);
  else
    parts_->queue.push_back({.timer = e.timer, .generation = t.generation});
}

void machine_runner::timer_fired(statechart::timer_id id, std::uint32_t generation) {
  started_timer* const t = find(id);
  if (!t || t->generation != generation) return;
  if (id.kind == timer_kind::event && message_waits()) {  // MR2
    // Only that message, when it is one after all, ends it.
    t->handle = arm(id, generation, duration::zero());
    return;
  }
  parts_->queue.push_back({.timer = id, .generation = generation});
  run_queue();
}

void machine_runner::run_queue() {
  if (runs_queue_ || waiting_ != 0) return;
  if (parts_ && !parts_->queue.empty()) {
    struct mark {
      bool& on;
      explicit mark(bool& b) noexcept : on(b) { on = true; }
      ~mark() { on = false; }
    } const runs{runs_queue_};
    while (waiting_ == 0 && !parts_->queue.empty() && is_running()) {  // MR3
      queued one = std::move(parts_->queue.front());
      parts_->queue.pop_front();
      run(std::move(one));
    }
    if (waiting_ != 0) return;
  }
  core_.chain_ended();
}

void machine_runner::run(queued one) {
  event_id what = one.what;
  statechart::state_id in = core_.state();
  if (!one.content) {
    started_timer* const t = find(one.timer);
    if (!t || t->generation != one.generation) return;
    ++t->generation;
    switch (one.timer.kind) {
      case timer_kind::state:
        what = timers_become().of_state;
        in = one.timer.of;
        one.content = engine::make_envelope<state_timeout>(message_type_of<state_timeout>);
        break;
      case timer_kind::event:
        what = timers_become().of_event;
        one.content = engine::make_envelope<event_timeout>(message_type_of<event_timeout>);
        break;
      case timer_kind::named:
        what = one.timer.of;
        one.content = std::move(t->content);
        break;
    }
  }
  delivery d{std::move(one.content)};
  const message_in_hand hand{d};
  take_on(what, in, d, d->payload());
}

void machine_runner::handler_is_gone() noexcept {
  --waiting_;
  // This may be the middle of the actor's end, and is no place to run a handler.
  if (waiting_ == 0 && parts_ && !parts_->queue.empty() && is_running()) run_queue_soon();
}

}  // namespace troupe::detail
