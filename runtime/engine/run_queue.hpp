// A queue of runnables, linked through the runnables themselves.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <troupe/engine/runnable.hpp>

namespace troupe::engine {

/// First in, first out. Thread-safe; the lock is held for a few instructions and never while anything runs.
class run_queue {
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

  /// Takes half of what is there, at least one, as a chain through `next_runnable`; null if there is nothing.
  runnable* pop_half() noexcept {
    if (empty()) return nullptr;
    const std::lock_guard hold{mutex_};
    if (!first_) return nullptr;
    const std::size_t size = size_.load(std::memory_order_relaxed);
    const std::size_t take = size - size / 2;
    runnable* const chain = first_;
    runnable* end = first_;
    for (std::size_t i = 1; i < take; ++i) end = end->next_runnable;
    first_ = end->next_runnable;
    if (!first_) last_ = nullptr;
    end->next_runnable = nullptr;
    size_.store(size - take, std::memory_order_relaxed);
    return chain;
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
