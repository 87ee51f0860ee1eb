// What every program of the local benchmark has in common: its command line, its result lines, its way out.
//
//     local_troupe SCENARIO WORKERS SIZE
//
// One process runs one scenario. For each figure it prints one line for the driver to read:
//
//     figure=pingpong value=19.4 unit=ns/message
//
// Rules
//  MP1 Lower is better in every figure, so a ratio is always "theirs by ours".
//  MP2 A wrong result is no result: `expect` ends the process with code 1 and a line that says what was wrong.
//  MP3 A program leaves by `quick_exit`: taking a million actors down is what `stop` measures, and nothing else does.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

namespace bench {

/// What the command line says.
struct settings {
  unsigned workers;    ///< threads that run actors
  std::uint64_t size;  ///< how much work; what it counts is the scenario's business
};

/// Prints a figure (MP1).
void report(const std::string& figure, double value, const char* unit);

/// Prints the time a unit of work took: `elapsed` by `count`.
void report_each(const std::string& figure, std::chrono::nanoseconds elapsed, std::uint64_t count,
                 const char* unit);

/// Ends the process unless `right` (MP2). Thread-safe.
void expect(bool right, const char* what);

/// Makes a `T` that lives as long as the process (MP3).
template <class T, class... Args>
T& immortal(Args&&... args) {
  return *new T(std::forward<Args>(args)...);
}

/// A scenario by name.
struct scenario {
  const char* name;
  void (*run)(const settings&);
};

/// Runs the scenario that the command line names, then leaves the process (MP3).
[[noreturn]] void run_program(int argc, char** argv, std::initializer_list<scenario> scenarios);

}  // namespace bench
