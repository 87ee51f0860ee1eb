// Sources in, configuration or mistakes out: the whole of configuring as one pure function, so that a test
// needs no file, no environment and no process. `config::from` gathers the sources of a real program and
// calls it.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <troupe/base/error.hpp>
#include <troupe/config/config.hpp>
#include <troupe/config/schema.hpp>
#include <utility>
#include <vector>

namespace troupe {

/// The most mistakes that are reported; a last line counts the others.
inline constexpr std::size_t config_mistakes_max = 100;

/// A configuration file as it was read.
struct config_file {
  std::string name;          ///< as messages show it
  result<std::string> text;  ///< or why it could not be read, as `read_config_file` says it
};

/// Everything a configuration is made of.
struct config_sources {
  std::vector<std::string> arguments = {};                            ///< without the program's name
  std::vector<std::pair<std::string, std::string>> environment = {};  ///< names and values, any order
  std::optional<config_file> file = {};                               ///< what `--config` names
};

/// All mistakes of a configuration.
struct config_errors {
  /// One line each, never empty: the file's by line, the environment's by name, the command line's in order,
  /// then what is missing or wrong in effect.
  std::vector<std::string> lines;
};

/// Called by `boost::system::result` when `value()` meets mistakes: throws `failed` with all lines.
[[noreturn]] void throw_exception_from_error(const config_errors& errors,
                                             const boost::source_location& where);

/// A configuration or its mistakes.
using config_result = boost::system::result<config, config_errors>;

/// Parses, merges (rule G1) and validates. The same sources and schema give the same outcome, as far as the
/// keys' checks are pure. `--help` and `--print-config` have no effect here. A schema that is not in order,
/// or a `--config` without `sources.file`, is a broken invariant. Thread-safe.
config_result parse_config(const config_sources& sources, const config_schema& schema);

}  // namespace troupe
