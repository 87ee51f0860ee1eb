// Running one program once and reading what it says.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// How one run ended.
struct run_result {
  int exit_code = -1;  ///< -1: killed, by a signal or because it took too long
  std::string output;  ///< what it wrote to standard output
};

/// Runs `command` (looked up in PATH) until it closes its output and ends; once `time_max` has passed, kills it.
/// Standard error stays where it is. Code 127: there is no such program. Throws `std::system_error` when the
/// operating system refuses.
run_result run(const std::vector<std::string>& command, std::chrono::milliseconds time_max);

/// A figure as a program prints it.
struct figure_line {
  std::string figure;
  double value;
  std::string unit;
  friend bool operator==(const figure_line&, const figure_line&) = default;
};

/// Reads the lines `figure=NAME value=NUMBER unit=UNIT`. Throws `std::runtime_error` that quotes any other line. Pure.
std::vector<figure_line> read_figures(std::string_view output);

}  // namespace bench
