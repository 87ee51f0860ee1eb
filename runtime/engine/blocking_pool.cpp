#include <exception>
#include <troupe/base/check.hpp>
#include <troupe/engine/block_pool.hpp>
#include <troupe/engine/blocking_pool.hpp>
#include <utility>

namespace troupe::engine {

blocking_pool::blocking_pool(unsigned threads_max, duration idle_time, thread_starter start)
    : threads_max_(threads_max), idle_time_(idle_time), start_(or_system_threads(std::move(start))) {
  check(threads_max > 0, "a blocking pool needs a thread");
}

blocking_pool::~blocking_pool() { stop(); }

void blocking_pool::submit(runnable& r) {
  bool more = false;
  if (counted_) counted_->begin();
  {
    const std::lock_guard hold{mutex_};
    waiting_.push_back(&r);
    more = waiting_.size() > idle_ && alive_ < threads_max_ && !stopping_;
    if (more) ++alive_;
  }
  if (!more || !start_thread()) work_.notify_one();
}

bool blocking_pool::start_thread() noexcept {
  try {
    start_([this] { work(); });  // detached: `stop` waits for it through alive_
    return true;
  } catch (const std::exception&) {  // out of threads (EAGAIN) or memory
  }
  std::size_t waiting = 0;
  bool news = false;
  {
    const std::lock_guard hold{mutex_};
    --alive_;
    // BP3. Under the lock: a thread that lives now will look at the queue before it ends.
    if (alive_ == 0 && !waiting_.empty() && !std::exchange(told_, true)) {
      waiting = waiting_.size();
      news = !std::exchange(shortage_, true);
    }
    ended_.notify_all();
  }
  if (waiting != 0 && no_thread_) no_thread_(waiting, news);
  return false;
}

void blocking_pool::grow() noexcept {
  {
    const std::lock_guard hold{mutex_};
    told_ = false;
    if (waiting_.empty() || stopping_ || alive_ >= threads_max_) return;
    ++alive_;
  }
  start_thread();
}

void blocking_pool::work() {
  std::unique_lock hold{mutex_};
  shortage_ = false;
  for (;;) {
    if (waiting_.empty() && !stopping_) {
      ++idle_;
      const bool in_time =
          work_.wait_for(hold, idle_time_, [this] { return !waiting_.empty() || stopping_; });
      --idle_;
      if (!in_time) break;
    }
    if (stopping_) break;
    runnable& r = *waiting_.front();
    waiting_.pop_front();
    hold.unlock();
    r.run_turn();
    if (counted_) counted_->end();
    hold.lock();
  }
  return_cached_blocks();  // before it counts as gone: whoever waited for that may look at the pool
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
