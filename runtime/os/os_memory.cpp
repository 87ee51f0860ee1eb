#include <malloc.h>

#include <algorithm>
#include <climits>
#include <mutex>
#include <troupe/os/os_memory.hpp>

namespace troupe::os {

namespace {

// The largest that mallopt(3) takes.
constexpr int mapped_alone_min = 32 << 20;

/// What the allocator was told. There is one in a process, as there is one allocator (OM2).
struct told {
  std::mutex mutex;
  std::size_t bytes = 0;  // guarded by mutex
};

told& all_told() {
  static told one;
  return one;
}

}  // namespace

std::size_t keep_freed_memory(std::size_t bytes) noexcept {
  told& before = all_told();
  const std::lock_guard hold{before.mutex};
  if (bytes <= before.bytes) return before.bytes;
  before.bytes = bytes;
  const int kept = static_cast<int>(std::min<std::size_t>(bytes, INT_MAX));
  // Each of these ends the allocator's own adjusting, so all that matter are said.
  mallopt(M_TRIM_THRESHOLD, kept);
  mallopt(M_MMAP_THRESHOLD, std::min(mapped_alone_min, kept));
  // As much stays when more than that is freed, and is asked for at once when a heap grows.
  mallopt(M_TOP_PAD, kept / 4);
  return before.bytes;
}

}  // namespace troupe::os
