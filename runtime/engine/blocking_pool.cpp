#include <troupe/base/check.hpp>
#include <troupe/engine/blocking_pool.hpp>

namespace troupe::engine {

blocking_pool::blocking_pool(unsigned threads_max, duration idle_time)
    : threads_max_(threads_max), idle_time_(idle_time) {
  check(threads_max > 0, "a blocking pool needs a thread");
}

blocking_pool::~blocking_pool() { stop(); }

void blocking_pool::submit(runnable& r) {
  r.next_runnable = nullptr;
  bool grow = false;
  {
    const std::lock_guard hold{mutex_};
    (last_ ? last_->next_runnable : first_) = &r;
    last_ = &r;
    ++queued_;
    grow = queued_ > idle_ && alive_ < threads_max_ && !stopping_;
    if (grow) ++alive_;
  }
  if (grow)
    std::thread{[this] { work(); }}.detach();  // `stop` waits for it through alive_
  else
    work_.notify_one();
}

void blocking_pool::work() {
  std::unique_lock hold{mutex_};
  for (;;) {
    if (!first_ && !stopping_) {
      ++idle_;
      const bool in_time = work_.wait_for(hold, idle_time_, [this] { return first_ || stopping_; });
      --idle_;
      if (!in_time) break;
    }
    if (stopping_) break;
    runnable& r = *first_;
    first_ = r.next_runnable;
    if (!first_) last_ = nullptr;
    --queued_;
    hold.unlock();
    r.run_turn();
    hold.lock();
  }
  --alive_;
  // Notified under the lock: once `stop` sees zero it may destroy the condition variable.
  ended_.notify_all();
}

void blocking_pool::stop() {
  std::unique_lock hold{mutex_};
  stopping_ = true;
  work_.notify_all();
  ended_.wait(hold, [this] { return alive_ == 0; });
}

unsigned blocking_pool::threads() const {
  const std::lock_guard hold{mutex_};
  return alive_;
}

}  // namespace troupe::engine
