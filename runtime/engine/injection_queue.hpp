// Where runnables wait that no worker of its own made ready, or that did not fit into a worker's ring. It has no bound but the
// number of runnables, and gives its memory back as it empties. Workers bring and fetch many at a time, so that a crowd that is made
// ready at once costs a lock for each batch of it and not for each one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <mutex>
#include <span>
#include <troupe/engine/atomics.hpp>

namespace troupe::engine {

/// First in, first out. Thread-safe; the lock is held for a few instructions and never while anything runs.
template <class Runnable, class Atomics = real_atomics>
class injection_queue {
 public:
  /// Adds at the end. A process that has no memory for a pointer ends here.
  void push(Runnable& r) noexcept {
    const std::lock_guard hold{mutex_};
    waiting_.push_back(&r);
    // seq_cst: pairs with the re-check of a worker that is about to park (parking.hpp, PK1).
    size_.store(waiting_.size(), std::memory_order_seq_cst);
  }

  /// Adds all of them at the end, in their order.
  void push(std::span<Runnable* const> all) noexcept {
    const std::lock_guard hold{mutex_};
    waiting_.insert(waiting_.end(), all.begin(), all.end());
    size_.store(waiting_.size(), std::memory_order_seq_cst);  // as above
  }

  /// Takes the first, null if there is none.
  Runnable* pop() noexcept {
    if (empty()) return nullptr;
    const std::lock_guard hold{mutex_};
    if (waiting_.empty()) return nullptr;
    Runnable* const r = waiting_.front();
    waiting_.pop_front();
    size_.store(waiting_.size(), std::memory_order_relaxed);
    return r;
  }

  /// Takes the first ones into `out`, as far as they fit; of those that wait at most the share of one among `sharers`, and at least
  /// one. Returns how many.
  std::size_t pop(std::span<Runnable*> out, std::size_t sharers) noexcept {
    if (empty()) return 0;
    const std::lock_guard hold{mutex_};
    const std::size_t share = (waiting_.size() + sharers - 1) / sharers;
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(share, out.size()));
    std::copy(waiting_.begin(), end, out.begin());
    const auto count = static_cast<std::size_t>(end - waiting_.begin());
    waiting_.erase(waiting_.begin(), end);
    size_.store(waiting_.size(), std::memory_order_relaxed);
    return count;
  }

  /// Whether it looks empty from here.
  bool empty() const noexcept { return size_.load(std::memory_order_seq_cst) == 0; }

 private:
  typename Atomics::mutex mutex_;
  std::deque<Runnable*> waiting_;  // guarded by mutex_
  typename Atomics::template atomic<std::size_t> size_{0};
};

}  // namespace troupe::engine
