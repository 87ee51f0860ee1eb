#include "stress/verdict.hpp"

#include <cstdio>

namespace stress {

void verdict::broken(std::string_view rule, const std::string& expected, const std::string& got) {
  if (failures_.fetch_add(1) >= printed_max) return;
  const std::lock_guard hold{printing_};
  std::fprintf(stderr, "stress: FAILED seed %llu: %.*s: expected %s; got %s\n",
               static_cast<unsigned long long>(seed_), static_cast<int>(rule.size()), rule.data(),
               expected.c_str(), got.c_str());
}

bool under_way::wait(troupe::duration limit) {
  std::unique_lock hold{mutex_};
  return zero_.wait_for(hold, limit, [this] { return count() == 0; });
}

void under_way::wake() {
  const std::lock_guard hold{mutex_};
  zero_.notify_all();
}

}  // namespace stress
