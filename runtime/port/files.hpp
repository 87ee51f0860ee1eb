// Files as a database needs them: positioned reads and writes, sync, and the directory operations whose order
// decides what survives a crash. SQLite runs on this through one VFS, so a simulator can tear writes and lose
// unsynced ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <troupe/base/error.hpp>

namespace troupe::port {

/// How to open a file.
struct open_mode {
  bool write = true;       ///< reading is always allowed
  bool create = true;      ///< make it if it does not exist
  bool exclusive = false;  ///< with `create`: `errc::already_exists` if it does
};

/// An open file. Used by one thread at a time. Destroying it closes it without syncing.
class file {
 public:
  virtual ~file() = default;

  /// Reads at `offset` until `into` is full or the file ends; returns the bytes read.
  virtual result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) = 0;

  /// Writes all of `from` at `offset`. `errc::disk_full` when there is no room.
  virtual result<void> write_at(std::uint64_t offset, std::span<const std::byte> from) = 0;

  /// Cuts or extends the file to `size` bytes.
  virtual result<void> truncate(std::uint64_t size) = 0;

  /// Returns once all earlier writes survive a power cut.
  virtual result<void> sync() = 0;

  /// The size in bytes.
  virtual result<std::uint64_t> size() = 0;

  /// Takes the whole-file lock for this process, without waiting: `errc::already_exists` when another process
  /// has it. Closing gives it back.
  virtual result<void> lock() = 0;
};

/// The file system. Thread-safe.
class files {
 public:
  virtual ~files() = default;

  /// Opens a file. `errc::not_found`, `already_exists` (exclusive), `io`.
  virtual result<std::unique_ptr<file>> open(const std::string& path, open_mode mode) = 0;
  /// Gives a file another name, replacing what had it.
  virtual result<void> rename(const std::string& from, const std::string& to) = 0;
  /// Takes a name away. `errc::not_found` when there is none.
  virtual result<void> remove(const std::string& path) = 0;
  /// Whether there is such a name.
  virtual result<bool> exists(const std::string& path) = 0;
  /// Makes the directory and its parents; fine if it exists.
  virtual result<void> make_directories(const std::string& path) = 0;
  /// Returns once the names in directory `path` survive a power cut.
  virtual result<void> sync_dir(const std::string& path) = 0;
};

}  // namespace troupe::port
