// The unit of scheduling.
#pragma once

#include <memory>
#include <troupe/base/error.hpp>

namespace troupe::engine {

/// Something that can be given a thread for one turn. It is in at most one queue at a time: its owner sees to that.
class runnable {
 public:
  /// Runs one turn. May schedule itself again before it returns.
  virtual void run_turn() = 0;

 protected:
  ~runnable() = default;
};

class dispatcher;

/// Where one runnable is submitted for all its life.
struct seat {
  dispatcher* at = nullptr;
  /// To be let go of when the runnable will never be submitted again, perhaps in its last turn; null where nothing hangs on
  /// it.
  std::shared_ptr<void> held = {};
};

/// A place where runnables get threads from.
class dispatcher {
 public:
  virtual ~dispatcher() = default;

  /// Queues `r` for one turn. Thread-safe. REQUIRES: `r` is in no queue.
  virtual void submit(runnable& r) = 0;

  /// The same, behind everything that waits already: for a runnable that has used its turn up.
  virtual void submit_last(runnable& r) { submit(r); }

  /// Ends its threads after their current turns and waits for them; what is queued is dropped. Once, by whoever owns it,
  /// and not from one of these threads.
  virtual void stop() = 0;

  /// A seat for one more runnable: here, or on a thread that is made for it. `errc::io` when there is no thread to be had.
  /// Thread-safe.
  virtual result<seat> take_seat() { return seat{this}; }
};

}  // namespace troupe::engine
