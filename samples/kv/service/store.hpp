// A shard's data in SQLite: one table, prepared statements, one transaction for what is written between two
// commits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/sqlite/database.hpp>

namespace kv {

/// Keys and values of one shard. Used by one thread at a time. Every function may wait for the disk.
class store {
 public:
  /// Opens or makes the database. Throws `troupe::failed` when that does not work: a shard without its data
  /// can't start.
  explicit store(const troupe::sqlite::options& how);

  troupe::result<std::optional<std::string>> get(std::string_view key);
  troupe::result<void> put(std::string_view key, std::string_view value);
  /// Whether there was such a key.
  troupe::result<bool> remove(std::string_view key);
  troupe::result<bool> exists(std::string_view key);
  /// The value's length; 0 without a value.
  troupe::result<std::int64_t> length(std::string_view key);
  troupe::result<std::int64_t> count();

  /// Commits what was written since the last commit; returns when that is durable. Nothing to do: success at
  /// once.
  troupe::result<void> commit();

 private:
  troupe::result<void> begin_if_needed();

  troupe::sqlite::database db_;
  troupe::sqlite::statement get_;
  troupe::sqlite::statement put_;
  troupe::sqlite::statement remove_;
  troupe::sqlite::statement length_;
  troupe::sqlite::statement count_;
  std::optional<troupe::sqlite::transaction> open_;
};

}  // namespace kv
