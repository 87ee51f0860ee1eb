// A pair of fences with uneven prices: the side that runs often pays nothing, the side that runs seldom pays
// for both.
//
//  AF1 If thread A does `store x; light_fence; load y` and thread B does `store y; heavy_fence; load x`, at least
//      one of them sees the other's store. Two light fences promise nothing; two heavy ones do.
//  AF2 Where the kernel has no membarrier(2) (before Linux 4.14, or a sandbox that forbids it), both sides are
//      full fences. Which of the two it is, is decided once, before main.
//
// Source: the pair is that of Dice, Huang, Yang: Asymmetric Dekker Synchronization (2001), as folly and liburcu
// build it. It is an instruction of the memory model rather than something a run could see of the outside world,
// so it is not behind a port.
#pragma once

#include <atomic>

namespace troupe::engine {

namespace detail {
// Whether the process is registered for membarrier. Relaxed: written once before main, by the thread that
// starts all others; while it is still false both sides are full fences, which is always right.
extern std::atomic<bool> has_membarrier;
}  // namespace detail

/// Orders what this thread did before against what it does after, for all threads. Thread-safe.
void full_fence() noexcept;

/// The side that runs often: keeps the compiler from moving accesses across, and costs no instruction but a
/// test of a flag that never changes (AF1, AF2). Thread-safe.
inline void light_fence() noexcept {
  if (detail::has_membarrier.load(std::memory_order_relaxed)) [[likely]]
    std::atomic_signal_fence(std::memory_order_seq_cst);
  else
    full_fence();
}

/// The side that runs seldom: a full fence on this thread and on every other thread of the process that is
/// running now, about 1 to 10 us (AF1). Thread-safe.
void heavy_fence() noexcept;

}  // namespace troupe::engine
