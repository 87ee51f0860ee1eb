// Envelopes that their receiver has taken out of its inbox and not run yet. The receiver's own: no atomics but a figure for
// others to read.
#pragma once

#include <atomic>
#include <troupe/engine/envelope.hpp>
#include <troupe/engine/inbox.hpp>

namespace troupe::engine {

/// A list of envelopes, oldest first. Its owner's thread only, except `count`.
class envelope_list {
 public:
  envelope_list() = default;
  envelope_list(const envelope_list&) = delete;
  envelope_list& operator=(const envelope_list&) = delete;
  ~envelope_list() {
    while (pop()) {
    }
  }

  /// Whether nothing is there.
  bool empty() const noexcept { return first_ == nullptr; }

  /// The oldest, from which the others can be followed; null if there is none. It stays.
  envelope* first() const noexcept { return first_; }

  /// Takes the oldest, null if there is none.
  envelope_ptr pop() noexcept {
    envelope* const e = first_;
    if (!e) return nullptr;
    first_ = e->next;
    if (first_) __builtin_prefetch(first_);
    if (e->counted) add(-1);
    return envelope_ptr{e};
  }

  /// Puts one in front.
  void push_front(envelope_ptr e) noexcept {
    if (e->counted) add(1);
    e->next = first_;
    first_ = e.release();
  }

  /// Takes over what an inbox gave out. REQUIRES: the list is empty.
  void take_over(taken<envelope> what) noexcept {
    first_ = what.first;
    count_.store(what.counted, std::memory_order_relaxed);
  }

  /// Adds what an inbox gave out behind the others.
  void append(taken<envelope> what) noexcept {
    envelope** end = &first_;
    while (*end) end = &(*end)->next;
    *end = what.first;
    add(static_cast<int>(what.counted));
  }

  /// Counted envelopes in it. Thread-safe, as of now.
  std::uint32_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  // relaxed: one writer; readers want a figure.
  void add(int n) noexcept {
    count_.store(count_.load(std::memory_order_relaxed) + static_cast<std::uint32_t>(n),
                 std::memory_order_relaxed);
  }

  envelope* first_ = nullptr;
  std::atomic<std::uint32_t> count_{0};
};

}  // namespace troupe::engine
