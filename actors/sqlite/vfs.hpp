// SQLite's view of the operating system, made from three ports: files, clock and entropy. Nothing that SQLite
// does to a disk goes around `port::files`, so a simulator can lose, tear and refuse any of it.
//
// Thread-safety: registering and unregistering are safe at any time from any thread; the rest belongs to the
// one database that runs on it, used by one thread at a time.
//
// Rules
//  V1 One VFS serves one database: its main file, that file's `-wal` and its `-journal`. Any other name is
//     refused, so are temporary files (the database keeps them in memory).
//  V2 There is no shared memory. A write-ahead log works without it only while the locking mode is exclusive
//     before the log is first touched (SQLite, "Use of WAL Without Shared-Memory").
//  V3 The first lock of any level takes the whole-file lock, and it is held until the file is closed.
//  V4 The first sync of a file that may be new syncs its directory too, so no commit counts whose file has no
//     durable name. This is so even for a file that was there: an earlier process may have died before its
//     own sync. Removing a file syncs the directory at once, and emptying the log syncs the log, though
//     SQLite asks for neither: a log that comes back could bring back a commit that had failed.
//  V5 Nothing is claimed about the device. Sectors are 4 KiB and may be torn; a write may spoil the rest of
//     its sectors; appending may show the new size before the new bytes. SQLite then pads each synced commit
//     in the log to a sector boundary, which costs one page more a commit. So spoiling is outlived too,
//     unless the log could not be brought home before (no room, a refused write): then only tearing is.
//  V6 Time is the clock's, sleeping returns at once. SQLite seeds its own process-wide generator from the
//     default VFS whatever we do: salts in the log's header differ from run to run, the sequence of file
//     operations does not.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <troupe/base/error.hpp>
#include <troupe/port/clock.hpp>
#include <troupe/port/entropy.hpp>
#include <troupe/port/files.hpp>

namespace troupe::sqlite {

class vfs_core;

/// An sqlite3_vfs in SQLite's registry, from construction until destruction.
class vfs {
 public:
  /// The file name to give to `sqlite3_open_v2`; the VFS puts the real path in its place. So no character of
  /// a path means anything to SQLite.
  static constexpr const char* database_name = "database";

  /// Registers a VFS for the database at `path` (V1), under a name of its own. `errc::io` when SQLite can't
  /// start.
  static result<vfs> make(std::string path, port::files& files, port::clock& clock, port::entropy& entropy);

  /// Takes over the registration.
  vfs(vfs&&) noexcept;
  vfs& operator=(vfs&&) = delete;
  /// Unregisters. REQUIRES: the database is closed.
  ~vfs();

  /// The name to give to `sqlite3_open_v2`. Unique among the VFSes of this process.
  const std::string& name() const noexcept;

  /// The path of the main file.
  const std::string& path() const noexcept;

  /// Forgets the failure kept so far. Called before each call into SQLite.
  void forget_failure() noexcept;

  /// The first error a port returned since `forget_failure`: the reason behind SQLite's own code.
  const std::optional<error>& failure() const noexcept;

  /// Whether another process was found to hold the main file since `forget_failure`.
  bool locked_out() const noexcept;

 private:
  explicit vfs(std::unique_ptr<vfs_core> core) noexcept;

  std::unique_ptr<vfs_core> core_;
};

}  // namespace troupe::sqlite
