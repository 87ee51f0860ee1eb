#include <troupe/ref/future.hpp>

namespace troupe::detail {

thread_slot::thread_slot(const message_type& reply, environment& env)
    : reply_slot(reply), env_(&env), gate_(env.open() ? env.platform().stepper() : nullptr) {}

engine::outcome thread_slot::wait() {
  std::unique_lock hold{gate_.mutex};
  gate_.wait(
      hold, [this] { return there_; }, "an answer");
  return take();
}

void thread_slot::on_settled(std::function<void(engine::outcome)> then) {
  {
    const std::lock_guard hold{gate_.mutex};
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
    const std::lock_guard hold{gate_.mutex};
    there_ = true;
    then = std::move(then_);
    gate_.notify_all();
  }
  if (then) then(take());
}

}  // namespace troupe::detail
