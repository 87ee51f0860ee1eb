#include <troupe/engine/timers.hpp>
#include <utility>

namespace troupe::engine {

namespace {
// A timer is late by half a tick on average (W2). The wheel then turns once in 100 days; each level more that a timer has to
// come down is one early wake-up of an idle system.
constexpr duration tick = microseconds{125};
}  // namespace

timers::timers(time_point start, std::function<void()> on_earlier)
    : wheel_(start, tick), on_earlier_(std::move(on_earlier)) {}

void timers::publish() noexcept {
  next_due_.store(wheel_.next_due().time_since_epoch().count(), std::memory_order_seq_cst);
}

void timers::arm(timer& t, time_point due) {
  if (due == never) return;  // TM4
  t.timer_add_ref();
  bool earlier = false;
  {
    const std::lock_guard hold{mutex_};
    wheel_.arm(t, due);
    const auto before = next_due_.load(std::memory_order_relaxed);
    publish();
    earlier = next_due_.load(std::memory_order_relaxed) < before;
  }
  if (earlier) on_earlier_();
}

bool timers::cancel(timer& t) noexcept {
  {
    const std::lock_guard hold{mutex_};
    if (!wheel_.cancel(t)) return false;
    // The hint may now be too early; the worker that wakes for it puts it right.
  }
  t.timer_release();
  return true;
}

std::size_t timers::fire(time_point now) {
  if (next_due() > now) return 0;
  std::size_t count = 0;
  for (;;) {
    timer* t = nullptr;
    {
      const std::lock_guard hold{mutex_};
      t = static_cast<timer*>(wheel_.expire(now));
      if (!t) {
        publish();
        return count;
      }
    }
    t->fired();
    t->timer_release();
    ++count;
  }
}

void timers::clear() noexcept {
  for (;;) {
    timer* t = nullptr;
    {
      const std::lock_guard hold{mutex_};
      t = static_cast<timer*>(wheel_.expire(never));
      if (!t) break;
    }
    t->timer_release();
  }
  const std::lock_guard hold{mutex_};
  publish();
}

}  // namespace troupe::engine
