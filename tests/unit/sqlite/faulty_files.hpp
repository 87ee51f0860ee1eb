// Files in memory that fail the way disks do: a power cut takes or tears what was not synced, a name that was
// not synced is forgotten, room runs out, an operation is refused. All from a seed, so a failure is found
// again.
//
// Thread-safety: all of it is safe; an open file is for one thread at a time, as `port::file` says.
//
// Rules
//  F1 A write, a truncation and a change of a directory are pending until `sync` or `sync_dir`. Reads see them
//     at once.
//  F2 The power cut decides about pending changes one by one, writes in pieces of 512 bytes. Survivors are
//     applied in the order they were made, so a piece written twice may hold the first, the second or neither.
//  F3 Syncing a file does not sync its name. Making a directory is durable at once.
//  F4 A power cut, and the death of the process, make every open file useless and free every lock.
//  F5 A write that is refused may have been written in part.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <troupe/port/files.hpp>
#include <vector>

#include "pending_changes.hpp"

namespace troupe::test {

/// The disk. Open files share it, so they may outlive it.
class faulty_files final : public port::files {
 public:
  /// An empty disk whose faults are drawn from `seed`.
  explicit faulty_files(std::uint64_t seed);
  ~faulty_files() override;

  result<std::unique_ptr<port::file>> open(const std::string& path, port::open_mode mode) override;
  result<void> rename(const std::string& from, const std::string& to) override;
  result<void> remove(const std::string& path) override;
  result<bool> exists(const std::string& path) override;
  result<void> make_directories(const std::string& path) override;
  result<void> sync_dir(const std::string& path) override;

  /// Everything stops at the `n`-th operation from now: that one may take effect, its caller and all later
  /// ones get `errc::closed`.
  void stop_at(std::uint64_t n);

  /// Everything stops now. Whoever is still there can close its files, and does no harm any more.
  void stop();

  /// Whether everything has stopped.
  bool stopped() const;

  /// Stops everything now if it has not, decides about what is pending, and starts again (F2, F4).
  void restart(stop_kind how);

  /// The `n`-th operation from now and the `more` after it are refused with `code`.
  void refuse_at(std::uint64_t n, errc code, std::uint64_t more = 0);

  /// Every write to the file `path` is refused with `code`: a bad spot on the disk.
  void refuse_writes_to(std::string path, errc code);

  /// Nothing is refused any more.
  void refuse_nothing();

  /// At most so many bytes in all files together: `errc::disk_full` past it.
  void set_room(std::uint64_t bytes);

  /// From now on syncing files, directories, or both, is claimed but not done: a disk that lies.
  void lie(bool about_files, bool about_directories);

  /// What has been asked for so far.
  struct counts {
    std::uint64_t operations = 0;  ///< all that count for `stop_at` and `refuse_at`
    std::uint64_t syncs = 0;       ///< of files
    std::uint64_t dir_syncs = 0;   ///< of directories
    std::uint64_t written = 0;     ///< bytes
    std::uint64_t trace = 0;       ///< a hash over kind, path, place and length of every operation, in order
  };
  /// The counts up to now.
  counts seen() const;

  /// The files there are now, by name.
  std::vector<std::string> names() const;

  /// The bytes of a file, empty if there is none.
  std::string content(const std::string& path) const;

 private:
  class disk;
  class handle;

  std::shared_ptr<disk> disk_;
};

}  // namespace troupe::test
