// The command line's grammar, which needs no schema: options `--name value` or `--name=value`, and nothing
// else. The lines below do what Boost.Program_options is for, because that library throws at the first
// mistake, so that the others stay unreported, takes `--listen.po` for `--listen.port` without a word, and
// would want every key registered with it a second time.
//
// Rules
//  A1 What follows `--name` is its value unless it starts with `--`; a value that does is written
//  `--name=--value`.
//     Whether an option may go without a value is the key's business: a boolean alone means true.
//  A2 `--config FILE`, `--help` (or `-h`) and `--print-config` are the program's own.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace troupe::configuration {

/// One `--name` with what stands behind it.
struct command_line_option {
  std::string name;                       ///< without the dashes
  std::optional<std::string> value = {};  ///< nothing if no value follows
};

/// A command line, taken apart.
struct command_line {
  std::vector<command_line_option> settings;  ///< all but the program's own (A2), in order
  std::vector<std::string> mistakes;          ///< lines, in order
  std::optional<std::string> file;            ///< what `--config` names
  bool help = false;                          ///< `--help` is there
  bool print_config = false;                  ///< `--print-config` is there
};

/// Takes the arguments apart; they come without the program's name. Pure.
command_line read_command_line(const std::vector<std::string>& arguments);

}  // namespace troupe::configuration
