// The blocking dispatcher: threads that may wait for a disk or a foreign library without holding up a worker.
//
// Rules
//  BP1 A submitted runnable is run by a waiting thread, or by a new one while there are fewer than the limit,
//      or else waits its turn: first in, first out.
//  BP2 A thread that had nothing to do for `idle_time` ends. Nothing polls.
//  BP3 Nothing submitted is lost when the operating system gives no thread: it waits for one that lives, or, when none
//      does, for `grow`, which whoever was told by `no_thread` calls later.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <troupe/base/units.hpp>
#include <troupe/engine/runnable.hpp>
#include <troupe/engine/thread_starter.hpp>
#include <troupe/engine/turn_count.hpp>

namespace troupe::engine {

/// An elastic pool of threads. Thread-safe.
class blocking_pool final : public dispatcher {
 public:
  /// At most `threads_max` threads at once, made by `start` (empty: the operating system's).
  explicit blocking_pool(unsigned threads_max, duration idle_time = std::chrono::seconds{10},
                         thread_starter start = {});
  ~blocking_pool() override;

  void submit(runnable& r) override;

  /// Told of work that waits while no thread lives nor can be started: how much of it, and whether that is news or goes
  /// on since the last time.
  using shortage_handler = std::function<void(std::size_t waiting, bool news)>;

  /// Has `tell` called then (BP3), and not again until `grow` is called. It runs on the submitting thread, without a lock,
  /// and must not throw. REQUIRES: nothing was submitted yet.
  void no_thread(shortage_handler tell) { no_thread_ = std::move(tell); }

  /// Counts its turns there, too (TN1). REQUIRES: nothing was submitted yet.
  void count_in(turn_count& turns) noexcept { counted_ = &turns; }

  /// Tries once more to start a thread for what waits (BP3).
  void grow() noexcept;

  void stop() override;

  /// Threads alive now.
  unsigned threads() const;

 private:
  void work();
  bool start_thread() noexcept;

  const unsigned threads_max_;
  const duration idle_time_;
  const thread_starter start_;
  shortage_handler no_thread_;
  turn_count* counted_ = nullptr;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable ended_;
  std::deque<runnable*> waiting_;
  unsigned idle_ = 0;
  unsigned alive_ = 0;
  bool stopping_ = false;
  bool told_ = false;      // of a shortage, since `grow` was called
  bool shortage_ = false;  // since a thread could be started
};

}  // namespace troupe::engine
