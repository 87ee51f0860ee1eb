// The blocking dispatcher: threads that may wait for a disk or a foreign library without holding up a worker.
//
// Rules
//  BP1 A submitted runnable is run by a waiting thread, or by a new one while there are fewer than the limit,
//      or else waits its turn: first in, first out.
//  BP2 A thread that had nothing to do for `idle_time` ends. Nothing polls.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <troupe/base/units.hpp>
#include <troupe/engine/runnable.hpp>
#include <vector>

namespace troupe::engine {

/// An elastic pool of threads. Thread-safe.
class blocking_pool final : public dispatcher {
 public:
  /// At most `threads_max` threads at once.
  explicit blocking_pool(unsigned threads_max, duration idle_time = std::chrono::seconds{10});
  ~blocking_pool() override;

  void submit(runnable& r) override;

  /// Ends all threads after their current turn and waits for them; what is queued is dropped.
  void stop();

  /// Threads alive now.
  unsigned threads() const;

 private:
  void work();

  const unsigned threads_max_;
  const duration idle_time_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable ended_;
  runnable* first_ = nullptr;
  runnable* last_ = nullptr;
  std::size_t queued_ = 0;
  unsigned idle_ = 0;
  unsigned alive_ = 0;
  bool stopping_ = false;
};

}  // namespace troupe::engine
