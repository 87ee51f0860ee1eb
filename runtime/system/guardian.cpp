#include <string>
#include <troupe/cell/cell.hpp>
#include <troupe/system/guardian.hpp>
#include <utility>

namespace troupe {

constexpr actor_class guardian_class{"guardian"};

cell_props kept_running(cell_props props) {
  props.restarts = true;
  props.tells_parent = true;
  return props;
}

guardian::~guardian() {
  for (auto& [number, one] : kept_)
    if (one.wait) one.wait->cancel();
}

void guardian::receive(delivery& d) {
  if (cell* self = cell::current()) self->env().dead_letter(d.keep(), self->path(), errc::not_understood);
}

// Nothing else below a guardian can be made anew.
void guardian::child_failed(cell& child, const failure& why) {
  if (!child.settings().restarts) return body::child_failed(child, why);
  restart_window& window = kept_[child.number()].window;
  const time_point now = child.env().now();
  const bool within = window.record(now);
  const auto seconds_of = [](duration d) { return std::to_string(duration_cast<seconds>(d).count()) + " s"; };
  const std::string count = std::to_string(window.recent(now)) + " of " + std::to_string(restarts_max) +
                            " restarts in " + seconds_of(restart_period);
  event news = why.as_event(child, within ? "restarting it: " + count + " (GU1)"
                                          : "not restarted for " + seconds_of(restart_period) + ": " + count +
                                                " are used up (GU1)");
  news.restarts = true;
  child.env().events().publish(news);
  if (within)
    child.request_restart();
  else
    child.request_hold();
}

void guardian::child_held(cell& child) {
  const auto at = kept_.find(child.number());
  if (at == kept_.end()) return;
  at->second.wait = cell_timer::start(*child.parent(), child.env().from_now(restart_period),
                                      [who = cell_ptr{&child}](cell&) { who->request_restart(); });
}

void guardian::child_started(cell& child, bool again) {
  if (!again) return;
  event news{event_kind::actor_restarted,        child.env().now(), child.path(), {}, {},
             "serves again in its old cell (S6)"};
  news.number = child.incarnation();
  child.env().events().publish(news);
}

void guardian::child_stopped(cell& child, const exit_reason&) {
  const auto at = kept_.find(child.number());
  if (at == kept_.end()) return;
  if (at->second.wait) at->second.wait->cancel();
  kept_.erase(at);
}

}  // namespace troupe
