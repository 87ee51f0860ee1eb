// A database whose owner answers only for what is committed: all that is written in a turn is one transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <troupe/sqlite/database.hpp>
#include <troupe/troupe.hpp>

namespace bank {

/// See above. Throws `troupe::failed` where the disk or the file is not in order: an actor without its books can't go on, and is
/// started again with what was committed.
class ledger {
 public:
  ledger(troupe::port::platform& ports, const std::string& path, std::string_view schema)
      : db_(troupe::sqlite::open({.path = path,
                                  .files = ports.files(),
                                  .clock = ports.clock(),
                                  .entropy = ports.entropy(),
                                  .durable = troupe::sqlite::durability::normal})
                .value()) {
    db_.exec(schema).value();
  }

  troupe::sqlite::statement prepare(std::string_view sql) { return db_.prepare(sql).value(); }

  /// Runs a statement that writes; how many rows it has touched.
  std::int64_t write(troupe::sqlite::statement& what) {
    if (!open_) open_.emplace(db_.begin().value());
    what.run().value();
    return db_.changes();
  }

  /// The end of the turn.
  void commit() {
    if (!open_) return;
    auto ending = std::move(*open_);
    open_.reset();
    ending.commit().value();
  }

 private:
  troupe::sqlite::database db_;
  std::optional<troupe::sqlite::transaction> open_;
};

}  // namespace bank
