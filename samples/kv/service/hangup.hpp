// SIGHUP, by which operators have a service read its files anew.
//
// Rules
//  HU1 A signal goes to any thread that lets it through, so `hold_hangups` is called before there is a second thread: then it waits for who listens.
//  HU2 Signals that come while one is being worked on are one more call, not many. None is lost that comes before the end.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace kv {

/// From now on SIGHUP no longer ends the process (HU1).
void hold_hangups();

/// Calls `what` after each SIGHUP while it lives, on a thread of its own. REQUIRES: `hold_hangups` was called; there is one at a time.
class on_hangup {
 public:
  explicit on_hangup(std::function<void()> what);
  /// Waits for a call under way.
  ~on_hangup();
  on_hangup(const on_hangup&) = delete;
  on_hangup& operator=(const on_hangup&) = delete;

 private:
  std::atomic<bool> over_{false};  // seq_cst: set before the thread is woken, read when it is
  std::thread thread_;
};

}  // namespace kv
