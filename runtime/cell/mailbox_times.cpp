#include <algorithm>
#include <troupe/cell/mailbox_times.hpp>

namespace troupe {

void mailbox_times::record(const actor_class& who, duration time) {
  const std::lock_guard hold{mutex_};
  by_class_[&who].add(time);
}

std::vector<class_times> mailbox_times::all() const {
  std::vector<class_times> out;
  {
    const std::lock_guard hold{mutex_};
    for (const auto& [type, times] : by_class_) out.push_back({std::string{type->name}, times});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

}  // namespace troupe
