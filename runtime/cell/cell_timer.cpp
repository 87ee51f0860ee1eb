#include <troupe/cell/cell.hpp>
#include <troupe/cell/cell_timer.hpp>

namespace troupe {

cell_timer::cell_timer(cell& owner, std::function<void(cell&)> then, timer_work whose)
    : owner_(&owner), then_(std::move(then)), whose_(whose) {}

cell_timer_ptr cell_timer::start(cell& owner, time_point due, std::function<void(cell&)> then,
                                 timer_work whose) {
  cell_timer_ptr t{new cell_timer{owner, std::move(then), whose}};
  owner.env().timers().arm(*t, due);
  return t;
}

void cell_timer::cancel() noexcept {
  if (cancelled_) return;
  cancelled_ = true;
  then_ = nullptr;
  owner_->env().timers().cancel(*this);
}

void cell_timer::fired() noexcept {
  owner_->run_inside([self = cell_timer_ptr{this}](cell& owner) {
    if (self->cancelled_ || (self->whose_ == timer_work::of_class && owner.holds_back(self))) return;
    self->run(owner);
  });
}

void cell_timer::run(cell& owner) {
  if (cancelled_) return;
  cancelled_ = true;
  auto then = std::move(then_);
  then(owner);
}

}  // namespace troupe
