#include <troupe/actor/sleeping.hpp>
#include <troupe/cell/cell.hpp>

namespace troupe {

void sleeping::await_suspend(std::coroutine_handle<> awaiting) {
  after_ = awaiting;
  timer_ = cell_timer::start(owner_, owner_.env().from_now(how_long_), [this](cell& at) {
    if (at.runs_tasks()) after_.resume();  // a failed actor's coroutines only wait for their end (L6)
  });
}

}  // namespace troupe
