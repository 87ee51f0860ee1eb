// The other process: a program starts itself a second time, and talks with it over two pipes besides what is measured.
//
//     remote_troupe SCENARIO WORKERS SIZE          the near half, which the driver starts
//     remote_troupe far SCENARIO WORKERS SIZE      the far half, which the near one starts
//
// Rules
//  HF1 The far half ends with the near one, however that ends: its standard input ends, and the kernel kills it when its parent
//      is gone.
//  HF2 A far half that ends first ends the near one, with code 1: a wrong result over there is a wrong result.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <thread>

#include "measure/program.hpp"

namespace bench::remote {

/// The far half of this program, as the near one sees it. Not thread-safe.
class far_half {
 public:
  /// Starts it for that scenario. Throws `std::system_error` when the operating system refuses.
  far_half(const std::string& scenario, const settings& s);
  /// Has it end, and waits for that.
  ~far_half();
  far_half(const far_half&) = delete;
  far_half& operator=(const far_half&) = delete;

  /// The next number that it says (`say`).
  std::uint64_t hear();
  /// Says a number to it (`hear_near`).
  void tell(std::uint64_t number);

 private:
  void watch();

  pid_t child_ = -1;
  int to_ = -1;
  int from_ = -1;
  std::atomic<bool> ending_{false};  // seq_cst: set before the pipe is closed, read when the child has ended
  std::thread watcher_;
};

/// For the far half: says a number to the near one.
void say(std::uint64_t number);
/// For the far half: the next number that the near one tells.
std::uint64_t hear_near();
/// For the far half: waits until the near one has no more use for it.
void wait_for_the_end();

/// Runs the near or the far half, as the command line says, then leaves the process. `far` starts what the far half has and
/// returns; what it has made must be immortal.
[[noreturn]] void run_halves(int argc, char** argv, std::initializer_list<scenario> near,
                             void (*far)(const std::string& scenario, const settings& s));

}  // namespace bench::remote
