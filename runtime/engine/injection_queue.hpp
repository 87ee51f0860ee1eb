// Where runnables wait that no worker of its own made ready, or that did not fit into a worker's ring: linked through the
// runnables themselves, so that it has no bound and allocates nothing.
#pragma once

#include <cstddef>
#include <mutex>
#include <troupe/engine/atomics.hpp>

namespace troupe::engine {

/// First in, first out. Thread-safe; the lock is held for a few instructions and never while anything runs. `Runnable` has a
/// member `Runnable* next_runnable`.
template <class Runnable, class Atomics = real_atomics>
class injection_queue {
 public:
  /// Adds at the end.
  void push(Runnable& r) noexcept {
    r.next_runnable = nullptr;
    const std::lock_guard hold{mutex_};
    (last_ ? last_->next_runnable : first_) = &r;
    last_ = &r;
    // seq_cst: pairs with the re-check of a worker that is about to park (parking.hpp, PK1).
    size_.store(size_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
  }

  /// Takes the first, null if there is none.
  Runnable* pop() noexcept {
    if (empty()) return nullptr;
    const std::lock_guard hold{mutex_};
    Runnable* r = first_;
    if (!r) return nullptr;
    first_ = r->next_runnable;
    if (!first_) last_ = nullptr;
    r->next_runnable = nullptr;
    size_.store(size_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    return r;
  }

  /// Adds a chain of `count` runnables, linked through `next_runnable`, from `first` to `last`.
  void push_chain(Runnable& first, Runnable& last, std::size_t count) noexcept {
    last.next_runnable = nullptr;
    const std::lock_guard hold{mutex_};
    (last_ ? last_->next_runnable : first_) = &first;
    last_ = &last;
    size_.store(size_.load(std::memory_order_relaxed) + count, std::memory_order_seq_cst);
  }

  /// Whether it looks empty from here.
  bool empty() const noexcept { return size_.load(std::memory_order_seq_cst) == 0; }

 private:
  typename Atomics::mutex mutex_;
  Runnable* first_ = nullptr;
  Runnable* last_ = nullptr;
  typename Atomics::template atomic<std::size_t> size_{0};
};

}  // namespace troupe::engine
