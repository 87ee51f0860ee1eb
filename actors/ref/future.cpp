#include <troupe/ref/future.hpp>

namespace troupe::detail {

engine::outcome thread_slot::wait() {
  std::unique_lock hold{mutex_};
  condition_.wait(hold, [this] { return there_; });
  return take();
}

void thread_slot::on_settled(std::function<void(engine::outcome)> then) {
  {
    const std::lock_guard hold{mutex_};
    if (!there_) {
      then_ = std::move(then);
      return;
    }
  }
  then(take());
}

void thread_slot::settled() noexcept {
  if (deadline != never) env_->timers().cancel(*this);
  std::function<void(engine::outcome)> then;
  {
    const std::lock_guard hold{mutex_};
    there_ = true;
    then = std::move(then_);
    condition_.notify_all();
  }
  if (then) then(take());
}

}  // namespace troupe::detail
