// Child processes and the signals sent to this one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <troupe/base/error.hpp>
#include <vector>

namespace troupe::port {

/// What to start.
struct command {
  std::string program;                 ///< a path, or a name looked up in PATH
  std::vector<std::string> arguments;  ///< without the program itself
};

/// How a child process ended: one of the two is set.
struct exit_status {
  int code = 0;    ///< its exit code
  int signal = 0;  ///< the signal that ended it, 0 if none
};

/// A running child process. Destroying it kills it and waits for its end, so none is left behind.
class child_process {
 public:
  virtual ~child_process() = default;

  /// Its process id.
  virtual int pid() const noexcept = 0;

  /// Sends a signal.
  virtual result<void> signal(int number) = 0;

  /// Waits for its end. Blocks: call it on the blocking dispatcher or a plain thread.
  virtual exit_status wait() = 0;
};

/// Starts processes and hears signals. Thread-safe.
class process {
 public:
  virtual ~process() = default;

  /// Starts a program. `errc::not_found` when there is none of that name.
  virtual result<std::unique_ptr<child_process>> start(const command& what) = 0;

  /// Blocks the calling thread until SIGINT or SIGTERM arrives or `release_signal_wait` is called; returns
  /// the signal, 0 when released.
  virtual int wait_for_signal() = 0;

  /// Lets `wait_for_signal` return 0.
  virtual void release_signal_wait() noexcept = 0;

  /// Closes this process at once, without destructors: the last resort of a shutdown that is stuck.
  [[noreturn]] virtual void quick_exit(int code) noexcept = 0;
};

}  // namespace troupe::port
