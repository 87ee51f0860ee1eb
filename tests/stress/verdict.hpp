// What was found wrong in a round, and how the round's threads wait for it to come to rest.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <troupe/base/units.hpp>
#include <utility>

namespace stress {

/// Counts violations and prints the first of them with the seed. Thread-safe.
class verdict {
 public:
  explicit verdict(std::uint64_t seed) : seed_(seed) {}

  /// `rule` (a label of docs/rules.md, or a word) was broken: what was expected, and what came instead.
  void broken(std::string_view rule, const std::string& expected, const std::string& got);

  /// Breaks `rule` unless `holds`.
  void expect(bool holds, std::string_view rule, const char* expected, const char* got = "the opposite") {
    if (!holds) [[unlikely]]
      broken(rule, expected, got);
  }

  /// How many there were.
  std::uint64_t failures() const noexcept { return failures_.load(); }

 private:
  static constexpr std::uint64_t printed_max = 20;

  const std::uint64_t seed_;
  std::atomic<std::uint64_t> failures_{0};
  std::mutex printing_;
};

/// Counts what is under way: messages, asks, timers. Somebody waits for nothing to be. Thread-safe.
class under_way {
 public:
  /// One more. relaxed: whoever adds one has one itself, or is the round, so the count can't be taken for zero meanwhile.
  void begin(std::uint64_t n = 1) noexcept { count_.fetch_add(n, std::memory_order_relaxed); }

  /// One less. relaxed: the count is all that is read; on purpose it orders nothing for the actors, so that a race detector sees
  /// no more order than the runtime itself makes.
  void end() noexcept {
    if (count_.fetch_sub(1, std::memory_order_relaxed) == 1) wake();
  }

  /// As of now.
  std::uint64_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

  /// Waits until there is nothing, at most `limit`. Whether that came.
  bool wait(troupe::duration limit);

 private:
  void wake();

  alignas(64) std::atomic<std::uint64_t> count_{0};
  std::mutex mutex_;
  std::condition_variable zero_;
};

/// One thing under way, for as long as it lives.
class errand {
 public:
  /// A new one.
  explicit errand(under_way& all) noexcept : all_(&all) { all.begin(); }
  /// One that has begun already: a message that has arrived.
  static errand arrived(under_way& all) noexcept { return errand{&all}; }
  errand(errand&& other) noexcept : all_(std::exchange(other.all_, nullptr)) {}
  errand(const errand& other) noexcept : all_(other.all_) {
    if (all_) all_->begin();
  }
  errand& operator=(errand) = delete;
  ~errand() {
    if (all_) all_->end();
  }

 private:
  explicit errand(under_way* all) noexcept : all_(all) {}

  under_way* all_;
};

}  // namespace stress
