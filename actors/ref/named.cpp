#include <troupe/ref/named.hpp>

namespace troupe {

cell_ptr named_address::here() noexcept {
  const std::lock_guard hold{mutex_};
  if (!found_ || found_->status() == cell_status::stopped) found_ = env_->resolve(path_);
  return found_;
}

void named_address::post(engine::envelope_ptr e) noexcept {
  if (const cell_ptr to = here())
    to->post(std::move(e));
  else
    env_->dead_letter(std::move(e), path_, errc::stopped);
}

}  // namespace troupe
