#include <string>
#include <system_error>
#include <troupe/engine/pinned_thread.hpp>

namespace troupe::engine {

result<std::shared_ptr<pinned_thread>> pinned_thread::begin(const thread_starter& start,
                                                            turn_count* counted) {
  auto made = std::make_shared<pinned_thread>();
  made->counted_ = counted;
  try {
    or_system_threads(start)([made] { made->work(); });
  } catch (const std::system_error& none) {  // out of threads (EAGAIN)
    return error{errc::io, std::string{"can't start a thread: "} + none.what()};
  }
  return made;
}

void pinned_thread::submit(runnable& r) {
  if (counted_) counted_->begin();
  const std::lock_guard hold{mutex_};
  waiting_.push_back(&r);
  if (waits_) work_.notify_one();  // under the lock: PT4
}

void pinned_thread::retire() noexcept {
  const std::lock_guard hold{mutex_};
  retired_ = true;
  work_.notify_one();
}

void pinned_thread::stop() {
  std::unique_lock hold{mutex_};
  stopping_ = true;
  work_.notify_one();
  ended_.wait(hold, [this] { return over_; });
}

void pinned_thread::work() {
  std::unique_lock hold{mutex_};
  for (;;) {
    waits_ = true;
    work_.wait(hold, [this] { return !waiting_.empty() || retired_ || stopping_; });
    waits_ = false;
    if (stopping_ || waiting_.empty()) break;
    runnable& r = *waiting_.front();
    waiting_.pop_front();
    hold.unlock();
    r.run_turn();
    if (counted_) counted_->end();
    hold.lock();
  }
  over_ = true;
  ended_.notify_all();
}

}  // namespace troupe::engine
