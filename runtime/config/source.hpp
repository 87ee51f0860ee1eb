// What one source says: the values it sets, and its mistakes. The file, the environment and the command line
// are each read into one of these, and `parse_config` lays them over each other. Pure functions of texts.
//
// Rules
//  Q1 A source reports every mistake it has, one line each, and goes on. A line starts with its place:
//     `kv.toml:7`, `environment KV_LISTEN_PORT`, `command line --listen.port`.
//  Q2 A key is taken whole from the highest source that sets it: lists and tables of two sources are not
//     merged.
#pragma once

#include <string>
#include <string_view>
#include <troupe/config/command_line.hpp>
#include <troupe/config/schema.hpp>
#include <utility>
#include <vector>

namespace troupe::configuration {

/// The most dots a key in a file has. It bounds how deep tables nest, which the TOML parser follows by
/// recursion.
inline constexpr std::size_t file_key_dots_max = 16;

/// A value and its place.
struct found {
  const config_key* key;  ///< in the schema the source was read with
  config_value value;     ///< within the key's limits
  std::string where;      ///< as rule Q1 says
  std::string item = {};  ///< whose value it is, for a key of items
};

/// A key, and whose it is.
struct key_of_item {
  const config_key* key;
  std::string item = {};  ///< empty for a key that is not one of items

  friend bool operator==(const key_of_item&, const key_of_item&) = default;
};

/// An item that a source names.
struct named_item {
  std::string group;
  std::string item;
  std::string where;  ///< as rule Q1 says
};

/// All that one source says.
struct source {
  std::vector<found> values;          ///< at most one a key and item
  std::vector<std::string> mistakes;  ///< lines, in the order of the source
  std::vector<key_of_item> wrong;     ///< keys it sets to what they do not take
  std::vector<named_item> items;      ///< all items it names, perhaps more than once
  bool readable = true;               ///< false: what it would have set is unknown

  /// The value for `key` of `item`, null if there is none.
  const found* find(const config_key& key, std::string_view item = {}) const noexcept;
};

/// Reads the text of a TOML file. `name` stands in messages. Text past `config_file_bytes_max`, text that is
/// no UTF-8 and text with a syntax error is not readable, and the one mistake says so.
source source_from_toml(std::string_view name, std::string_view text, const config_schema& schema);

/// Reads the variables, as pairs of name and value, that start with the schema's prefix; others are not
/// looked at. Of a name that comes twice the first counts, as for `getenv`.
source source_from_environment(std::vector<std::pair<std::string, std::string>> variables,
                               const config_schema& schema);

/// Reads the settings of a command line. Lists and tables may be given in several pieces (`--tags a --tags
/// b`,
/// `--peers.n1 x`), anything else once.
source source_from_command_line(const command_line& line, const config_schema& schema);

}  // namespace troupe::configuration
