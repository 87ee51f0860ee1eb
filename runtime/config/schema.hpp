// The keys a program knows. Rooms and services each describe theirs; `add` makes one schema out of two.
//
//     troupe::config_schema schema{"KV"};                           // environment variables start with KV_
//     schema.integer("listen.port").range(0, 65535).def(6379).help("port that clients connect to");
//     schema.duration("idle.timeout").at_least(1s).def(5min).help("a silent client is dropped after this");
//     schema.relate({"idle.timeout", "idle.check"}, [](const troupe::config& c) {
//       return c.get_duration("idle.check") < c.get_duration("idle.timeout") ? "" : "idle.check must be shorter";
//     });
//     auto config = troupe::config::from(argc, argv, schema);
//
// Not thread-safe while keys are added; after that any number of threads may read it.
//
// Rules
//  C1 A mistake in a schema is the program's, never its user's: it is a broken invariant and aborts with the
//     key's name. Names that collide abort when they are added, all else when the schema is first used.
//  C2 Names collide when they are equal, when one is a table that holds the other (`listen` and `listen.port`),
//     when one may be an item of the other (`a.b.c` and `a.*.c`), or when they have the same environment name (`a.b` and
//     `a-b`). `help`, `config` and `print-config` are
//     taken.
//  C3 Relations are looked at once every key is right by itself. One that does not hold is reported at the first of
//     its keys that somebody has set: there a person can mend it. One of an item's keys is looked at for each item.
#pragma once

#include <concepts>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <troupe/base/check.hpp>
#include <troupe/config/key.hpp>
#include <utility>
#include <vector>

namespace troupe {

class config;

/// What several keys must be together, as data (C3).
struct config_relation {
  std::vector<std::string> keys;  ///< those it is about, the likeliest to be mended first
  std::function<std::string(const config&)> problem = {};  ///< what is wrong, "" for nothing; pure
  /// The same for one item, where all keys are of one group of items (item.hpp); instead of `problem`.
  std::function<std::string(const config&, std::string_view item)> item_problem = {};
};

/// Completes a key that has just been added to a schema. Valid as long as the schema neither moves nor goes.
/// `T` is the stored type of the kind (rule V1).
template <class T>
class config_key_builder {
 public:
  /// Completes `key`.
  explicit config_key_builder(config_key& key) noexcept : key_(&key) {}

  /// The value when no source sets it.
  config_key_builder& def(T value) { return key_->default_value = std::move(value), *this; }

  /// Some source must set it.
  config_key_builder& required() { return key_->required = true, *this; }

  /// One line for `--help`.
  config_key_builder& help(std::string line) { return key_->help = std::move(line), *this; }

  /// The smallest and the largest allowed value. Numbers, durations and bytes only.
  config_key_builder& range(T min, T max) { return at_least(std::move(min)).at_most(std::move(max)); }

  /// The smallest allowed value. Numbers, durations and bytes only.
  config_key_builder& at_least(T min) { return key_->min = std::move(min), *this; }

  /// The largest allowed value. Numbers, durations and bytes only.
  config_key_builder& at_most(T max) { return key_->max = std::move(max), *this; }

  /// A check of your own: returns what is wrong with a value ("needs a port"), "" for nothing. Must be pure.
  config_key_builder& check(std::function<std::string(const T&)> problem) {
    key_->check = [problem = std::move(problem)](const config_value& v) { return problem(std::get<T>(v)); };
    return *this;
  }

  /// Checks of each entry's name and text, as `check`; a mistake is reported where the entry was written. Tables
  /// only.
  config_key_builder& check_entries(
      std::function<std::string(const std::string&)> name_problem,
      std::function<std::string(const std::string&)> text_problem) requires std::same_as<T, config_table> {
    key_->check_entry_name = std::move(name_problem);
    key_->check_entry_text = std::move(text_problem);
    return *this;
  }

 private:
  config_key* key_;
};

/// The keys of a program, in the order of their registration.
class config_schema {
 public:
  /// No keys. `environment_prefix` is what the program's environment variables start with, before an
  /// underscore: A-Z, 0-9 and '_'. Every variable that starts so belongs to the program, and an unknown one
  /// is an error.
  explicit config_schema(std::string environment_prefix = "TROUPE", source_location where = TROUPE_HERE);

  /// Adds one key (C1, C2).
  config_key& add(config_key key, source_location where = TROUPE_HERE);

  /// Adds all keys and relations of `other` behind the own ones (C1, C2). The environment prefix stays.
  config_schema& add(const config_schema& other, source_location where = TROUPE_HERE);

  /// Adds a key that is true or false.
  config_key_builder<bool> boolean(std::string name, source_location where = TROUPE_HERE);
  /// Adds a key that is a whole number.
  config_key_builder<std::int64_t> integer(std::string name, source_location where = TROUPE_HERE);
  /// Adds a key that is a finite number.
  config_key_builder<double> real(std::string name, source_location where = TROUPE_HERE);
  /// Adds a key that is any text.
  config_key_builder<std::string> text(std::string name, source_location where = TROUPE_HERE);
  /// Adds a key that is a span of time.
  config_key_builder<troupe::duration> duration(std::string name, source_location where = TROUPE_HERE);
  /// Adds a key that is a size.
  config_key_builder<byte_count> bytes(std::string name, source_location where = TROUPE_HERE);
  /// Adds a key that is a list of texts.
  config_key_builder<config_list> list(std::string name, source_location where = TROUPE_HERE);
  /// Adds a key that is one of `allowed`.
  config_key_builder<std::string> choice(std::string name, std::vector<std::string> allowed,
                                         source_location where = TROUPE_HERE);
  /// Adds a key that holds texts by name.
  config_key_builder<config_table> table(std::string name, source_location where = TROUPE_HERE);

  /// Adds a relation between keys (C3), which may be added later than it. `problem` says what is wrong with a
  /// configuration and what is allowed, "" for nothing; it must be pure.
  config_schema& relate(std::vector<std::string> keys, std::function<std::string(const config&)> problem);

  /// Adds a relation between the keys of each item of a group: `dispatcher.*.kind` and `dispatcher.*.threads`. As `relate`.
  config_schema& relate_items(std::vector<std::string> keys,
                              std::function<std::string(const config&, std::string_view item)> problem);

  /// All relations, in the order they were added.
  const std::vector<config_relation>& relations() const noexcept { return relations_; }

  /// All keys, in the order they were added. Their addresses stay until the schema goes.
  const std::deque<config_key>& keys() const noexcept { return keys_; }

  /// The key of that name, null if there is none.
  const config_key* find(std::string_view name) const noexcept;

  /// Whether a known key lies below `name`: `listen` for `listen.port`.
  bool has_table(std::string_view name) const noexcept;

  /// What environment variables start with, without the underscore.
  const std::string& environment_prefix() const noexcept { return prefix_; }

  /// The variable that sets the key: `KV_LISTEN_PORT` (rule K1).
  std::string environment_name(std::string_view key) const;

  /// Aborts if a key is not in order (C1). Every use of the schema calls it.
  void verify(source_location where = TROUPE_HERE) const;

 private:
  std::string prefix_;
  std::deque<config_key> keys_;  // a deque, so that a builder's key stays where it is
  std::vector<config_relation> relations_;
};

}  // namespace troupe
