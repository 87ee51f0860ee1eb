// Waiting for SIGINT and SIGTERM from any number of threads and systems of one process.
//
// Rules
//  G1 Only while somebody waits are the two signals caught. The first to wait installs the handler, the last
//     to leave puts back what was there, unless the program has changed it meanwhile. So Ctrl-C works as
//     usual before and after.
//  G2 A signal that is caught ends every wait under way, in every system of the process.
//  G3 A release ends every wait under way on its own object; when there is none, the next one. It is never
//     lost.
//  G4 A waiting thread sleeps; it is the only thread that needs the two signals unblocked and it does so
//     itself.
#pragma once

#include <cstdint>

namespace troupe::os {

/// One system's wait for signals. Thread-safe. REQUIRES: nobody waits on it when it is destroyed.
class signal_wait {
 public:
  /// Sleeps until SIGINT or SIGTERM comes, and returns its number, or until `release`, and returns 0.
  int wait();

  /// Ends the waits under way, or else the next one (G3).
  void release() noexcept;

 private:
  // All guarded by the one lock in os_signals.cpp: several of these share the process's two signals.
  std::uint64_t releases_ = 0;
  unsigned waiters_ = 0;
  bool release_kept_ = false;
};

}  // namespace troupe::os
