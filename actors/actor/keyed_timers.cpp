#include <troupe/actor/keyed_timers.hpp>

namespace troupe::detail {

void keyed_timers::set(std::string key, timer_handle timer) {
  // Those that have fired are swept when their number may have doubled.
  if (by_key_.size() >= 2 * swept_ + 16) {
    std::erase_if(by_key_, [](const auto& one) { return !one.second.is_active(); });
    swept_ = by_key_.size();
  }
  timer_handle& at = by_key_[std::move(key)];
  at.cancel();
  at = std::move(timer);
}

bool keyed_timers::cancel(const std::string& key) noexcept {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return false;
  const bool was_active = found->second.is_active();
  found->second.cancel();
  by_key_.erase(found);
  return was_active;
}

bool keyed_timers::is_active(const std::string& key) const noexcept {
  const auto found = by_key_.find(key);
  return found != by_key_.end() && found->second.is_active();
}

void keyed_timers::cancel_all() noexcept {
  for (auto& [key, timer] : by_key_) timer.cancel();
  by_key_.clear();
}

}  // namespace troupe::detail
