// Catches what a simulation must not touch: real time, real entropy, threads, sockets (D2). The C library's functions are defined in this program
// again; inside a simulation a call is noted with its caller's stack and fails the run, outside it goes on to the C library's own.
#pragma once

#include <string>

namespace simulations {

/// While one lives calls are caught. One at a time; of the thread that made it, and of none that it should not have started.
class guard {
 public:
  guard() noexcept;
  ~guard();
  guard(const guard&) = delete;
  guard& operator=(const guard&) = delete;

  /// Throws `std::runtime_error` that names the first call, if there was one.
  void check() const;
};

}  // namespace simulations
