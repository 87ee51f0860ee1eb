// The command `troupe_contract`, without a file system: words in, text and an exit code out.
//
//   troupe_contract diff [--binary] [--strict] OLD NEW
//
// Prints a line for each change, the breaking ones first, and a line that counts them. The exit code is for CI:
//
//   0  NEW can replace OLD; with changes that are `careful`, once readers are upgraded first
//   1  something breaks; with --strict also when something is `careful`
//   2  the arguments or a file are no good; one line on standard error says which and why
#pragma once

#include <functional>
#include <string>
#include <troupe/base/error.hpp>
#include <vector>

namespace troupe::schema {

/// The content of a file, or why it can't be read.
using read_file = std::function<result<std::string>(const std::string& path)>;

/// What the command prints and ends with.
struct command_result {
  int code = 0;     ///< as above
  std::string out;  ///< for standard output
  std::string err;  ///< for standard error
};

/// Runs the command with its arguments, without the program's name. Does nothing else than call `read`.
command_result run_command(const std::vector<std::string>& arguments, const read_file& read);

}  // namespace troupe::schema
