// The configuration of a program: every key it knows, with the value in effect and where that came from.
//
//     auto config = troupe::config::from(argc, argv, schema);
//     listen(config.get_int("listen.port"));
//     log("port is set by", config.where("listen.port"));       // kv.toml:7
//
// A value: it never changes, so any number of threads may read it; copying copies the values.
//
// Rules
//  G1 The command line wins over the environment, the environment over the file, the file over the default.
//  G2 To ask for a key that is not in the schema, or as what it is not, is a broken invariant: the program is
//     wrong, not its user. It aborts with the caller's place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/check.hpp>
#include <troupe/base/error.hpp>
#include <troupe/config/schema.hpp>
#include <troupe/config/value.hpp>
#include <vector>

namespace troupe {

/// One key's value and its origin.
struct config_setting {
  std::string name;    ///< the key; of an item's as `config_item_key` writes it
  config_kind type;    ///< what it is
  config_value value;  ///< of that kind
  std::string
      where;  ///< `kv.toml:7`, `environment KV_LISTEN_PORT`, `command line --listen.port` or `default`
  std::string group = {};  ///< of an item's key: `dispatcher`
  std::string item = {};   ///< whose it is: `disk`
};

/// What a program runs with.
class config {
 public:
  /// What a `main` calls: reads the command line, the environment and the file that `--config` names, against
  /// `library_keys()` and the keys of `service`, whose environment prefix holds. Prints all mistakes to
  /// standard error, one line each, and exits with code 2; prints and exits with code 0 on `--help` and
  /// `--print-config`. Call it before there are other threads.
  static config from(int argc, const char* const* argv, const config_schema& service = config_schema{});

  /// The same once more, for a program that runs and is told to read its settings anew: nothing is printed and nothing ends; `errc::invalid` with all
  /// mistakes, one a line. What of it can change while it runs is the program's to say. REQUIRES: nobody changes the environment meanwhile.
  /// Reads a file. Thread-safe otherwise.
  static result<config> reread(int argc, const char* const* argv,
                               const config_schema& service = config_schema{});

  /// All defaults of `library_keys()` and of `service`, for tests and for programs without a command line. A
  /// required key has none, so it is a broken invariant here.
  static config defaults(const config_schema& service = config_schema{});

  /// A configuration of these settings. `parse_config` makes them.
  explicit config(std::vector<config_setting> settings) : settings_(std::move(settings)) {}

  /// The value of a boolean (G2).
  bool get_bool(std::string_view name, source_location asker = TROUPE_HERE) const;
  /// The value of an integer (G2).
  std::int64_t get_int(std::string_view name, source_location asker = TROUPE_HERE) const;
  /// The value of a real (G2).
  double get_real(std::string_view name, source_location asker = TROUPE_HERE) const;
  /// The value of a text or a choice (G2).
  std::string get_text(std::string_view name, source_location asker = TROUPE_HERE) const;
  /// The value of a duration (G2).
  duration get_duration(std::string_view name, source_location asker = TROUPE_HERE) const;
  /// The value of a size, in bytes (G2).
  std::uint64_t get_bytes(std::string_view name, source_location asker = TROUPE_HERE) const;
  /// The value of a list (G2).
  config_list get_list(std::string_view name, source_location asker = TROUPE_HERE) const;
  /// The value of a table (G2).
  config_table get_table(std::string_view name, source_location asker = TROUPE_HERE) const;

  /// The items of a group, sorted: `disk`, `library` for the group `dispatcher`. Their values have the names that
  /// `config_item_key` gives. Empty for a group without items, or without keys.
  std::vector<std::string> items(std::string_view group) const;

  /// Where the value came from: `kv.toml:7`, `environment KV_LISTEN_PORT`, `command line --listen.port` or
  /// `default`.
  std::string where(std::string_view name, source_location asker = TROUPE_HERE) const;

  /// All settings, in the order of the schema.
  const std::vector<config_setting>& settings() const noexcept { return settings_; }

 private:
  const config_setting& at(std::string_view name, source_location asker) const;
  template <class T>
  const T& get(std::string_view name, std::string_view asked, source_location asker) const;

  std::vector<config_setting> settings_;
};

}  // namespace troupe
