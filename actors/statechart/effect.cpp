#include <troupe/statechart/effect.hpp>

namespace troupe::statechart {
namespace {

std::string timer_name(timer_id t, const chart& c) {
  switch (t.kind) {
    case timer_kind::state:
      return "state " + std::string{c.name(t.of)};
    case timer_kind::event:
      return "event";
    case timer_kind::named:
      break;
  }
  return "named " + std::to_string(t.of);
}

}  // namespace

std::string to_string(const effect& e, const chart& c) {
  const auto name = [&c](state_id s) { return std::string{c.name(s)}; };
  switch (e.what) {
    case effect_kind::leave:
      return "leave " + name(e.state);
    case effect_kind::change:
      return "change " + name(e.from) + " -> " + name(e.state);
    case effect_kind::enter:
      return "enter " + name(e.state);
    case effect_kind::start_timer:
      return "start_timer " + timer_name(e.timer, c) + " " +
             std::to_string(duration_cast<milliseconds>(e.delay).count()) + " ms";
    case effect_kind::cancel_timer:
      return "cancel_timer " + timer_name(e.timer, c);
    case effect_kind::timer_due:
      return "timer_due " + timer_name(e.timer, c);
    case effect_kind::insert:
      return "insert " + std::to_string(e.event);
    case effect_kind::put_aside:
      return "put_aside";
    case effect_kind::retry:
      return "retry";
    case effect_kind::stop:
      return "stop";
    case effect_kind::overrun:
      break;
  }
  return "overrun";
}

}  // namespace troupe::statechart
