#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <troupe/base/check.hpp>
#include <troupe/engine/asymmetric_fence.hpp>

namespace troupe::engine {
namespace {

long membarrier(int command) noexcept { return ::syscall(SYS_membarrier, command, 0, 0); }

bool register_process() noexcept {
  const long supported = membarrier(MEMBARRIER_CMD_QUERY);
  return supported > 0 && (supported & MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0 &&
         membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
}

// What `full_fence` counts on. Alone on its line, so that nobody else pays for the traffic.
alignas(64) std::atomic<unsigned> fences{0};

}  // namespace

namespace detail {
std::atomic<bool> has_membarrier{register_process()};
}  // namespace detail

void full_fence() noexcept {
  // seq_cst: two fences meet on this one word, so the later one happens after all that came before the earlier
  // one. A std::atomic_thread_fence would do the same, but TSan does not know it.
  fences.fetch_add(1, std::memory_order_seq_cst);
}

void heavy_fence() noexcept {
  full_fence();
  if (detail::has_membarrier.load(std::memory_order_relaxed))
    check(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0, "membarrier refused after it was registered");
}

}  // namespace troupe::engine
