#include <troupe/actor/repeating.hpp>
#include <troupe/cell/cell.hpp>

namespace troupe::detail {

repeating::repeating(cell& owner, duration period, repetition how, std::function<bool(cell&)> then)
    : owner_(owner), period_(period), how_(how), then_(std::move(then)) {}

void repeating::start() {
  due_ = owner_.env().from_now(period_);
  arm(due_);
}

void repeating::cancel() noexcept {
  over_ = true;
  if (!runs_) then_ = nullptr;
  if (armed_) std::exchange(armed_, nullptr)->cancel();
}

void repeating::arm(time_point due) {
  armed_ = cell_timer::start(
      owner_, due, [self = shared_from_this()](cell& at) { self->fire(at); }, timer_work::of_class);
}

void repeating::fire(cell& at) {
  armed_ = nullptr;
  runs_ = true;
  bool again = false;
  try {
    again = then_(at);
  } catch (...) {
    runs_ = false;
    cancel();
    throw;
  }
  runs_ = false;
  if (!again || over_) return cancel();
  due_ = how_ == repetition::fixed_rate ? after(due_, period_) : at.env().from_now(period_);
  arm(due_);
}

}  // namespace troupe::detail
