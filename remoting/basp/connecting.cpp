#include <troupe/basp/connecting.hpp>

namespace troupe::detail {

std::shared_ptr<const connecting::ticket> connecting::begin(const std::shared_ptr<connecting>& of) {
  {
    const std::lock_guard hold{of->mutex_};
    if (of->closed_) return {};
    ++of->under_way_;
  }
  return std::make_shared<const ticket>(of);
}

void connecting::end() noexcept {
  const std::lock_guard hold{mutex_};
  if (--under_way_ == 0) none_.notify_all();
}

void connecting::close(duration most) noexcept {
  std::unique_lock hold{mutex_};
  closed_ = true;
  none_.wait_for(hold, most, [this] { return under_way_ == 0; });
}

}  // namespace troupe::detail
