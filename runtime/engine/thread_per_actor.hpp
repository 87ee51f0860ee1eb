// The dispatcher `pinned`: each actor that is put on it gets a thread of its own, which ends with the actor.
//
// Rules
//  TA1 A seat is a pinned_thread; letting go of it retires the thread (PT3).
//  TA2 `stop` ends the threads that are left after their current turns and waits for all; then there are no more seats.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <troupe/engine/pinned_thread.hpp>
#include <vector>

namespace troupe::engine {

/// Makes a thread for each seat (TA1, TA2). Thread-safe.
class thread_per_actor final : public dispatcher {
 public:
  /// Threads are made by `start` (empty: the operating system's). Their turns are counted in `counted` too, if given (TN1).
  explicit thread_per_actor(thread_starter start = {}, turn_count* counted = nullptr)
      : start_(std::move(start)), counted_(counted) {}

  /// A broken invariant: runnables are submitted to their seats.
  void submit(runnable& r) override;
  void stop() override;
  result<seat> take_seat() override;

  /// Threads alive now.
  std::size_t threads() const;

 private:
  const thread_starter start_;
  turn_count* const counted_;
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<pinned_thread>> made_;  // guarded by mutex_, with the two below; some are gone
  std::size_t swept_ = 0;                           // how many were left at the last sweep
  bool stopped_ = false;
};

}  // namespace troupe::engine
