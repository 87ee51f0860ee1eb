// How long messages wait in mailboxes, from when they were sent to when they are run, by the class of the actor (M8).
//
// Rules
//  MT1 A sample of the messages is measured: one in each period a worker sends at, so the cost does not grow with the load, and when
//      there are fewer messages than periods nearly all. Threads that are no workers have no periods: each 64th message of such a
//      thread. Of messages that a handler sends one after the other to one actor (outbox.hpp) it is the first.
//  MT2 A message is measured once. What is put back, retried or unstashed has been run, so that is not waited for again; the wait of an
//      offer for room counts.
//  MT3 One histogram a class, however many actors there are. The lock is taken for messages that are measured only.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <troupe/base/units.hpp>
#include <troupe/cell/body.hpp>
#include <troupe/observe/delay_histogram.hpp>
#include <vector>

namespace troupe {

/// What was measured of the actors of one class.
struct class_times {
  std::string name;       ///< of the class
  delay_histogram times;  ///< how long messages waited for them
};

/// All classes (MT1-MT3). Thread-safe.
class mailbox_times {
 public:
  /// `on`: whether anything is to be measured.
  explicit mailbox_times(bool on) noexcept : on_(on) {}

  /// Whether a message that a thread which is no worker sends now is to be measured (MT1).
  bool is_due_elsewhere() const noexcept {
    constexpr std::uint32_t one_in = 64;
    thread_local std::uint32_t sent = 0;
    return on_ && ++sent % one_in == 0;
  }

  /// A message for an actor of class `who` has waited for `time`.
  void record(const actor_class& who, duration time);

  /// What has been measured, by name.
  std::vector<class_times> all() const;

 private:
  const bool on_;
  mutable std::mutex mutex_;
  std::map<const actor_class*, delay_histogram>
      by_class_;  // guarded by mutex_; given out by name, so no address shows
};

}  // namespace troupe
