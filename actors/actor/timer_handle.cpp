#include <troupe/actor/repeating.hpp>
#include <troupe/actor/timer_handle.hpp>

namespace troupe {

void timer_handle::cancel() noexcept {
  if (once_) std::exchange(once_, nullptr)->cancel();
  if (again_) std::exchange(again_, nullptr)->cancel();
}

bool timer_handle::is_active() const noexcept {
  return (once_ && !once_->over()) || (again_ && !again_->over());
}

}  // namespace troupe
