// Knows when a system has nothing left to do: all its threads wait, and nobody has told one of them to go on.
//
// | who                          | may call                                |
// |------------------------------|-----------------------------------------|
// | a thread that is going to wait | blocks, with the lock                 |
// | whoever ends such a wait     | unblocks, with the lock                 |
// | the test's thread            | await, from no thread of the system     |
//
// Rules
//  QU1 A thread of a pool counts as waiting from the moment it really waits in a port, with no wake-up pending, until the
//      moment somebody wakes it. The one who wakes ends that under the lock, not the one who is woken, so there is no time
//      in which a thread that has been given work still looks idle.
//  QU2 The system is quiet when all its threads wait (QU1), no turn waits or runs elsewhere (TN1), nothing is queued in its
//      pools, and no timer is due. All of it is looked at under the one lock, which also holds up everybody who would wake
//      somebody.
//  QU3 That is enough: work that is queued by a thread of the system has a thread that was woken for it or is awake
//      (scheduler.hpp, P2), a message that an outbox keeps leaves it before its worker waits, a timer that is armed for earlier
//      wakes who waits in the driver. What the test's thread has queued may be left to a worker that another plain thread
//      has chosen and not woken yet (parking.hpp, PK4): for that the queues are looked at. So nothing is under way, and only
//      a thread that is none of the system's can change that.
//  QU4 Not seen, because they are none of the system's: other threads of the test, threads of CAF's own (detached and blocking
//      actors), bytes that are under way between sockets. A test waits for what these send by expecting it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <troupe/base/units.hpp>
#include <troupe/engine/turn_count.hpp>

namespace troupe::testkit {

/// See above (QU1-QU4).
class quiet_watch final : public engine::idle_listener {
 public:
  /// The lock that guards who waits.
  std::mutex& lock() noexcept { return mutex_; }

  /// How many threads the system has, and where the turns of its other threads are counted. `more_to_do` says whether
  /// anything is queued or due; it is asked with the lock.
  void begin(unsigned threads, engine::turn_count& elsewhere, std::function<bool()> more_to_do);

  /// The system is about to end: from here on nobody waits for it to be quiet.
  void end();

  /// One more thread waits. REQUIRES: the caller has the lock.
  void blocks();
  /// One less. REQUIRES: the caller has the lock.
  void unblocks() noexcept { --waiting_; }

  /// Waits until the system is quiet; false when `limit` passed first. At once true before `begin` and after
  /// `end`.
  bool await(duration limit);

  /// How many of its threads are at work, as of now.
  unsigned at_work();

  void idle() noexcept override;

 private:
  bool quiet() const;

  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned waiting_ = 0;  // guarded by mutex_, with all below
  unsigned threads_ = 0;
  engine::turn_count* elsewhere_ = nullptr;
  std::function<bool()> more_to_do_;
};

}  // namespace troupe::testkit
