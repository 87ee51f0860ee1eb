#include <troupe/testkit/quiet.hpp>
#include <utility>

namespace troupe::testkit {

void quiet_watch::begin(unsigned threads, engine::turn_count& elsewhere, std::function<bool()> more_to_do) {
  {
    const std::lock_guard hold{mutex_};
    threads_ = threads;
    elsewhere_ = &elsewhere;
    more_to_do_ = std::move(more_to_do);
  }
  elsewhere.listen(*this);
}

void quiet_watch::end() {
  const std::lock_guard hold{mutex_};
  elsewhere_ = nullptr;
  more_to_do_ = nullptr;
  changed_.notify_all();
}

void quiet_watch::blocks() {
  if (++waiting_ >= threads_) changed_.notify_all();
}

bool quiet_watch::quiet() const {
  return !elsewhere_ || (waiting_ == threads_ && elsewhere_->none() && !more_to_do_());
}

bool quiet_watch::await(duration limit) {
  std::unique_lock hold{mutex_};
  return changed_.wait_for(hold, limit, [this] { return quiet(); });
}

unsigned quiet_watch::at_work() {
  const std::lock_guard hold{mutex_};
  return threads_ > waiting_ ? threads_ - waiting_ : 0;
}

void quiet_watch::idle() noexcept {
  // Taken for the sake of who has looked at the count and is about to wait.
  const std::lock_guard hold{mutex_};
  changed_.notify_all();
}

}  // namespace troupe::testkit
