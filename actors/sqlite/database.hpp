// SQLite for service authors: one actor (a shard of a service) owns one database file, alone, and keeps its
// state there. The database runs on the system's ports, so a simulated node has a simulated disk.
//
// Thread-safety: a database, its statements and its transactions are used by one thread at a time; which one
// may change (an actor moves between workers). Two databases never share anything and run in parallel.
//
// Rules
//  Q1 One owner: the file is locked from `open` until the database and its statements are gone. A second
//     owner, in this process or another, gets `errc::already_exists` at once; nothing waits.
//  Q2 Commits go to a write-ahead log and come home in checkpoints. What a commit survives is
//     `options::durable`. After a power cut the database holds the first so many transactions, each whole
//     (not with `durability::off`).
//  Q3 A call blocks its worker for as long as the disk takes: an owner that commits with `durability::full`
//     belongs on a dispatcher for blocking work.
//  Q4 After an error the database stays usable: a transaction that failed is undone, and once there is room
//     again a database that met a full disk goes on. A commit that failed while it was written may still be
//     found done by the next `open`, until another transaction that writes is committed: to its caller it is
//     neither done nor not done. A file port may refuse every sync after one that failed (the operating
//     system's does): then commits fail until the database is opened anew, which is what a supervisor does
//     with a failed owner.
//  Q5 Errors: `disk_full`; `io` for what the disk refused; `decode_error` for a file that is damaged or no
//     database, to be restored from a backup; `already_exists` for a unique key that is taken; `invalid` for
//     a mistake in SQL, in binding, or in the order of calls; `cancelled` for rows cut off by a rollback. The
//     text names the file.
//  Q6 With `durability::full` an owner that opens a database reads nothing that a power cut could still take: the log of the owner before
//     is brought home, or the open fails. A commit whose sync failed is in the operating system's memory at best, and may be read
//     there; whoever had read it and then lost it would have seen what never was.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/sqlite/options.hpp>
#include <troupe/sqlite/statement.hpp>

namespace troupe::sqlite {

/// A transaction under way. Undone when destroyed without `commit`. Movable; its database has one at a time.
class transaction {
 public:
  /// Takes charge of a transaction begun on `on`. Made by `database::begin`.
  explicit transaction(std::shared_ptr<connection> on) noexcept;

  transaction(transaction&&) noexcept = default;
  transaction& operator=(transaction&&) = delete;
  /// Undoes it, unless it has ended.
  ~transaction();

  /// Ends it. On success everything in it is done, as durable as the database was opened for. On any error
  /// all of it is undone: also when SQLite undid it earlier because a statement in it failed. `errc::invalid`
  /// when it has ended.
  result<void> commit();

  /// Ends it and undoes everything in it. `errc::invalid` when it has ended.
  result<void> rollback();

 private:
  std::shared_ptr<connection> connection_;
};

/// An open database. Movable. A moved-from one may only be destroyed or assigned to.
class database {
 public:
  /// Takes over an open connection. Made by `open`.
  explicit database(std::shared_ptr<connection> on) noexcept;

  database(database&&) noexcept = default;
  database& operator=(database&&) noexcept = default;
  ~database() = default;

  /// Prepares exactly one statement, to be run many times. `errc::invalid` names the mistake in `sql`.
  result<statement> prepare(std::string_view sql);

  /// Runs one or more statements once and ignores rows: for a schema, for pragmas. Errors as Q5.
  result<void> exec(std::string_view sql);

  /// Begins a transaction that may write. `errc::invalid` when one is under way.
  result<transaction> begin();

  /// Brings the whole log into the main file and empties it. Commits do this by themselves every
  /// `options::wal_pages_max` pages. `errc::invalid` while a statement is in the middle of its rows.
  result<void> checkpoint();

  /// Why the log could not be brought home after the last commit that tried; empty when all is well. Commits
  /// are safe and go on meanwhile, but the log grows: an owner that sees it for long stops writing.
  std::optional<error> checkpoint_failure() const;

  /// Rows that the last insert, update or delete touched.
  std::int64_t changes() const noexcept;

  /// The row id of the last insert.
  std::int64_t last_insert_id() const noexcept;

  /// The path of the main file.
  const std::string& path() const noexcept;

 private:
  std::shared_ptr<connection> connection_;
};

/// Opens the database at `with.path`, makes it if there is none, and recovers it if its last owner crashed.
/// Takes the lock (Q1). `errc::already_exists` when it is in use, `errc::decode_error` when the file is
/// damaged or no database, `errc::not_found` when its directory is missing, `errc::invalid` for an option
/// that makes no sense. Blocks (Q3).
result<database> open(const options& with);

}  // namespace troupe::sqlite
