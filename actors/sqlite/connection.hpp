// What a database and its statements share: the open SQLite connection, the VFS under it, and the one place
// where SQLite's codes become errors. Internal to this room; users hold a `database` and `statement`s.
//
// Thread-safety: none of its own. The connection is opened without SQLite's mutexes, so one thread at a time
// uses a database with everything made from it; which thread that is may change over time.
//
// Rules
//  C1 The connection closes when its database, the last of its statements and the last transaction are gone,
//     in any order. Closing brings the log home, gives the lock back, and unregisters the VFS after that.
//  C2 An error names the file, carries SQLite's words and the port's reason when there is one.
//  C3 SQLite may undo a whole transaction when a statement in it fails (a full disk, an I/O error).
//     Everything after it, the commit included, then fails with that statement's error: half a transaction is
//     never committed.
//  C4 A log left by a crash is brought home before anything is added to it. The crash may have torn the
//     padding of its last commit (V5), so the next frame would share a sector with that commit and could
//     spoil it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/sqlite/options.hpp>
#include <troupe/sqlite/vfs.hpp>

struct sqlite3;

namespace troupe::sqlite {

/// One open database file.
class connection {
 public:
  /// Opens and sets up the database; see `troupe::sqlite::open` for the errors.
  static result<std::shared_ptr<connection>> open(const options& with);

  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  /// Closes (C1). A failure to bring the log home loses nothing: the next `open` finds it.
  ~connection();

  /// SQLite's handle. Never null once opened.
  sqlite3* handle() const noexcept { return handle_; }

  /// The path of the main file.
  const std::string& path() const noexcept { return vfs_.path(); }

  /// Called before each call into SQLite that may touch the disk, so that an error gets its own reason (C2).
  void start_call() noexcept { vfs_.forget_failure(); }

  /// The error for SQLite's `code`, which the last call returned. `doing` is the SQL or the work, for people.
  error failure(int code, std::string_view doing);

  /// The error that made SQLite undo the transaction under way, null when it did not: nothing more may run in
  /// it (C3).
  const error* undone_by() const noexcept { return in_transaction_ && undone_by_ ? &*undone_by_ : nullptr; }

  /// Runs one or more statements, ignoring rows.
  result<void> run(std::string_view sql);

  /// Starts a transaction that may write.
  result<void> begin();
  /// Ends it: committed on success, undone on any error (C3).
  result<void> commit();
  /// Ends it: undone.
  result<void> rollback();

  /// Brings the log home and empties it.
  result<void> checkpoint();

  /// Why the last automatic checkpoint failed; empty when it did not.
  const std::optional<error>& checkpoint_failure() const noexcept { return checkpoint_failure_; }

 private:
  connection(vfs on, std::uint32_t wal_pages_max) noexcept;

  result<void> set_up(const options& with);
  result<void> bring_home_recovered_log(durability wanted);
  result<void> expect(const std::string& pragma, std::string_view answer);
  static int after_commit(void* self, sqlite3* handle, const char* schema, int wal_pages);

  vfs vfs_;  // outlives the handle (C1)
  sqlite3* handle_ = nullptr;
  std::uint32_t wal_pages_max_;
  bool in_transaction_ = false;
  std::optional<error> undone_by_;  // C3
  std::optional<error> checkpoint_failure_;
};

}  // namespace troupe::sqlite
