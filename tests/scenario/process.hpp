// A program that runs beside the tests, what it says and how it ends. Not thread-safe: one test uses it.
//
// Rules
//  SP1 No process outlives its `process`, and none outlives the tests when they are interrupted.
//  SP2 Every wait has an end: what does not come in time is an exception that shows what the program said.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace scenario {

/// How long a thing may take that is expected to happen. Generous: a loaded machine is no failure.
inline constexpr std::chrono::seconds patience{20};

/// Ends all processes that still run when the tests themselves are ended by a signal (SP1). Call it once.
void end_processes_on_signals();

/// A child process with its standard output and error collected.
class process {
 public:
  /// Starts `command`; its first word is the program. Throws `std::runtime_error` when that does not work.
  explicit process(const std::vector<std::string>& command);
  /// Kills it if it still runs (SP1).
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  pid_t id() const noexcept { return id_; }
  /// Sends a signal; nothing once it has ended.
  void signal(int number) noexcept;
  /// Waits until it has ended. The exit code, or 1000 and the number of the signal that ended it.
  int wait(std::chrono::milliseconds limit = patience);
  /// SIGKILL, and waits.
  void kill();
  /// SIGSTOP, and waits until every thread of it stands still: until then it may still answer.
  void stall();

  /// What it has said so far; all of it once `wait` has returned.
  std::string output() const;
  /// Waits until `text` is in its output, from `from` on.
  void wait_for_output(const std::string& text, std::size_t from = 0);
  /// Memory in RAM, in bytes. REQUIRES: it runs.
  std::size_t resident_bytes() const;
  /// The most memory in RAM it has ever had, in bytes. REQUIRES: it runs.
  std::size_t peak_resident_bytes() const;

 private:
  void collect(int pipe);

  pid_t id_ = -1;
  std::optional<int> ended_;
  mutable std::mutex lock_;
  std::condition_variable more_;
  std::string output_;
  bool closed_ = false;
  std::thread reader_;
};

}  // namespace scenario
