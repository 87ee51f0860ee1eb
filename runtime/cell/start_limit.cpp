#include <troupe/cell/cell.hpp>
#include <troupe/cell/start_limit.hpp>

namespace troupe {

start_limit::start_limit(cell& child) : child_(&child), incarnation_(child.incarnation()) {}

start_limit_ptr start_limit::begin(cell& child) {
  if (child.settings().start_time == duration::max() || !child.parent()) return {};
  start_limit_ptr made{new start_limit{child}};
  child.env().timers().arm(*made, child.env().from_now(child.settings().start_time));
  return made;
}

void start_limit::end() noexcept { child_->env().timers().cancel(*this); }

void start_limit::fired() noexcept {
  child_->parent()->run_inside([child = child_, incarnation = incarnation_](cell& parent) {
    if (child->status() != cell_status::starting || child->incarnation() != incarnation) return;  // SL2
    const auto limit = duration_cast<milliseconds>(child->settings().start_time).count();
    const failure what{{errc::start_failed,
                        "its start did not end within " + std::to_string(limit) + " ms (L2)",
                        {},
                        child->path()},
                       {},
                       true,
                       true};
    if (parent.body())
      parent.body()->child_failed(*child, what);
    else
      child->request_stop({exit_kind::failed, what.why});
  });
}

}  // namespace troupe
