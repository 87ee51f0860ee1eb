#include <troupe/actor/open_asks.hpp>
#include <troupe/cell/cell.hpp>

namespace troupe::detail {

open_asks::~open_asks() {
  by_deadline_.clear();
  if (timer_) timer_->cancel();
}

void open_asks::add(cell& owner, listed_slot& slot) {
  // Most actors use one timeout, so the newest is last.
  by_deadline_.insert(by_deadline_.end(), slot);
  if (slot.deadline < armed_for_) arm(owner);
}

void open_asks::arm(cell& owner) {
  if (timer_) std::exchange(timer_, nullptr)->cancel();
  armed_for_ = by_deadline_.empty() ? never : by_deadline_.begin()->deadline;
  if (armed_for_ != never) timer_ = cell_timer::start(owner, armed_for_, [this](cell& at) { ring(at); });
}

void open_asks::ring(cell& owner) {
  timer_ = nullptr;
  armed_for_ = never;
  const time_point now = owner.env().now();
  while (!by_deadline_.empty() && by_deadline_.begin()->deadline <= now) {
    listed_slot& overdue = *by_deadline_.begin();
    overdue.unlist();
    overdue.fired();
  }
  arm(owner);
}

}  // namespace troupe::detail
