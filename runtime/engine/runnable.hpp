// The unit of scheduling.
#pragma once

namespace troupe::engine {

/// Something that can be given a thread for one turn. It is in at most one queue at a time: its owner sees to that.
class runnable {
 public:
  /// Runs one turn. May schedule itself again before it returns.
  virtual void run_turn() = 0;

 protected:
  ~runnable() = default;
};

/// A place where runnables get threads from.
class dispatcher {
 public:
  virtual ~dispatcher() = default;

  /// Queues `r` for one turn. Thread-safe. REQUIRES: `r` is in no queue.
  virtual void submit(runnable& r) = 0;

  /// The same, behind everything that waits already: for a runnable that has used its turn up.
  virtual void submit_last(runnable& r) { submit(r); }
};

}  // namespace troupe::engine
