// Where runnables wait that no worker of its own made ready, or that did not fit into a worker's ring: linked through the
// runnables themselves, so that it has no bound and allocates nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <troupe/engine/runnable.hpp>

namespace troupe::engine {

/// First in, first out. Thread-safe; the lock is held for a few instructions and never while anything runs.
class injection_queue {
 public:
  /// Adds at the end.
  void push(runnable& r) noexcept {
    r.next_runnable = nullptr;
    const std::lock_guard hold{mutex_};
    (last_ ? last_->next_runnable : first_) = &r;
    last_ = &r;
    // seq_cst: pairs with the re-check of a worker that is about to park (scheduler.cpp, rule P2).
    size_.store(size_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
  }

  /// Takes the first, null if there is none.
  runnable* pop() noexcept {
    if (empty()) return nullptr;
    const std::lock_guard hold{mutex_};
    runnable* r = first_;
    if (!r) return nullptr;
    first_ = r->next_runnable;
    if (!first_) last_ = nullptr;
    r->next_runnable = nullptr;
    size_.store(size_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    return r;
  }

  /// Adds a chain of `count` runnables, linked through `next_runnable`, from `first` to `last`.
  void push_chain(runnable& first, runnable& last, std::size_t count) noexcept {
    last.next_runnable = nullptr;
    const std::lock_guard hold{mutex_};
    (last_ ? last_->next_runnable : first_) = &first;
    last_ = &last;
    size_.store(size_.load(std::memory_order_relaxed) + count, std::memory_order_seq_cst);
  }

  /// Whether it looks empty from here.
  bool empty() const noexcept { return size_.load(std::memory_order_seq_cst) == 0; }

 private:
  mutable std::mutex mutex_;
  runnable* first_ = nullptr;
  runnable* last_ = nullptr;
  std::atomic<std::size_t> size_{0};
};

}  // namespace troupe::engine
