#include <troupe/actor/receive_timeout.hpp>
#include <troupe/cell/cell.hpp>

namespace troupe::detail {

void receive_timeout::set(cell& owner, duration how_long, std::function<void(cell&)> then) {
  clear();
  how_long_ = how_long;
  then_ = std::move(then);
  last_ = owner.env().now();
  arm(owner, owner.env().from_now(how_long));
}

void receive_timeout::clear() noexcept {
  if (timer_) std::exchange(timer_, nullptr)->cancel();
}

void receive_timeout::arm(cell& owner, time_point due) {
  timer_ = cell_timer::start(
      owner, due, [this](cell& at) { look(at); }, timer_work::of_class);
}

void receive_timeout::look(cell& owner) {
  const time_point due = after(last_, how_long_);
  if (due > owner.env().from_now(duration{})) return arm(owner, due);
  last_ = owner.env().now();
  arm(owner, owner.env().from_now(how_long_));  // first: what is called may set another or none
  const auto called = then_;
  called(owner);
}

void receive_timeout::received(cell& owner) noexcept {
  if (timer_) last_ = owner.env().now();
}

}  // namespace troupe::detail
