#include <troupe/cell/cell.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/slow_handlers.hpp>
#include <troupe/engine/asymmetric_fence.hpp>

namespace troupe {

slow_handlers::slow_handlers(environment& env, unsigned workers, duration limit)
    : env_(env), limit_(limit), workers_(new seen[workers]) {}

void slow_handlers::begins(unsigned worker) noexcept {
  workers_[worker].at.store(&detail::running, std::memory_order_release);
}

void slow_handlers::look(const engine::worker& w) noexcept {
  seen& s = workers_[w.index()];
  const detail::running_turn* const at = s.at.load(std::memory_order_acquire);
  if (!at) return;
  try {
    const time_point now = env_.platform().clock().now();
    if (const std::uint64_t turn = w.turns(); turn != s.turn) {
      if (s.reported) tell_end(s, now);
      s.turn = turn;
      s.since = now;
    } else if (!at->who.load(std::memory_order_relaxed)) {  // the turn is over, and the worker waits
      if (s.reported) tell_end(s, now);
      s.since = now;
    } else if (!s.reported && now - s.since >= limit_) {
      find_out(s, w, now);
    }
  } catch (...) {
    env_.events().log(log_level::error, "slow_handlers", current_exception_error(errc::io).text);
  }
}

void slow_handlers::find_out(seen& s, const engine::worker& w, time_point now) {
  {
    const environment::inspection no_cell_goes{env_};
    engine::heavy_fence();
    const detail::running_turn& at = *s.at.load(std::memory_order_relaxed);  // acquired by `look`
    const cell* const c = at.who.load(std::memory_order_acquire);
    const message_type* const what = at.what.load(std::memory_order_relaxed);
    if (!c) return;
    s.path = c->path();
    s.message = what ? std::string{what->name} : std::string{};
  }
  if (w.turns() != s.turn) return;  // it ended meanwhile; what has been read may be the next one's
  s.reported = true;
  event news{
      event_kind::handler_slow, now, s.path, s.message,
      "has not returned for " + std::to_string(duration_cast<milliseconds>(now - s.since).count()) + " ms"};
  news.action =
      s.message.empty()
          ? "it starts, stops, or goes on after a wait or a timer; its worker runs nobody else meanwhile"
          : "its worker runs nobody else meanwhile; work that waits belongs on a blocking dispatcher";
  news.took = now - s.since;
  env_.events().publish(news);
}

void slow_handlers::tell_end(seen& s, time_point now) {
  s.reported = false;
  event news{event_kind::handler_ended, now, s.path, s.message, "has returned"};
  news.took = now - s.since;
  env_.events().publish(news);
}

}  // namespace troupe
