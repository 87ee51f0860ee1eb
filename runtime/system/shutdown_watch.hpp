// Sees to it that a shutdown ends: a thread that waits for the deadline while the shutting down thread waits for everybody
// else.
//
// Rules
//  SW1 Past the deadline it says on standard error which phase the shutdown is in and who holds it up, and ends the
//      process with the code 70 (EX_SOFTWARE of sysexits.h).
//  SW2 A phase's report runs while the phase lasts: `enter` of the next one waits for it.
//  SW3 Where a stepper decides what happens there is no such thread: a shutdown that waits for what never comes is the stepper's to
//      report.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <troupe/base/units.hpp>
#include <troupe/port/platform.hpp>

namespace troupe {

/// A shutdown under way (SW1, SW2). Its thread ends with it.
class shutdown_watch {
 public:
  /// Says who holds the phase up: whole lines, each ended by a newline.
  using report = std::function<std::string()>;

  /// Gives the shutdown `limit` from now.
  shutdown_watch(port::platform& platform, duration limit);
  ~shutdown_watch();
  shutdown_watch(const shutdown_watch&) = delete;
  shutdown_watch& operator=(const shutdown_watch&) = delete;

  /// The shutdown has come to this phase.
  void enter(std::string phase, report who);

 private:
  void watch(duration limit);

  port::process& process_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;  // guarded by mutex_, with the two below
  std::string phase_;
  report who_;
  std::thread thread_;
};

}  // namespace troupe
