// The disk of a simulated host: what its files hold, and what of it a power cut leaves.
//
// Rules
//  DK1 A write is seen at once by whoever reads, and survives a crash once `sync` of its file has returned. A name (made, renamed, removed)
//      survives once `sync_dir` of its directory has returned, and, as journalling file systems do it, once the file that it leads to
//      was synced.
//  DK2 A crash keeps of the writes since the last sync any that chance picks, in their order; the last of those it keeps may be torn at a
//      sector. Of the changes of names it keeps any number, from the first on.
//  DK3 What a sync that failed should have saved is never saved by another one, although it can be read: kernels drop what they could not
//      write. The open file keeps failing (`port::file`).
//  DK4 A lock belongs to one open file and ends with it.
//
// Used on the simulation's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <troupe/base/prng.hpp>
#include <vector>

namespace troupe::sim {

/// The bytes of one file, now and after a crash (DK1, DK2).
class inode {
 public:
  using bytes = std::vector<std::byte>;

  /// What a reader finds.
  const bytes& now() const noexcept { return now_; }
  /// Writes `count` bytes at `offset`; the file grows if need be.
  void write(std::uint64_t offset, const std::byte* from, std::size_t count);
  /// Cuts or extends it.
  void resize(std::uint64_t size);
  /// What has been written survives.
  void save();
  /// It could not be saved (DK3).
  void lose();
  /// DK2.
  void crash(prng& chance);

  bool locked = false;  ///< DK4

 private:
  struct change {
    std::uint64_t offset = 0;  // of a write; the new size of a resize
    bytes what;                // empty: a resize
  };
  static void apply(const change& c, bytes& to);

  bytes now_;
  bytes saved_;
  std::vector<change> unsaved_;
};

/// What can be wrong with a disk. A value that a fault changes.
struct disk_faults {
  double failing = 0;                           ///< how likely a read, write or sync fails with `io`; 0 to 1
  std::uint64_t bytes_max = ~std::uint64_t{0};  ///< what it holds; writing beyond it is `disk_full`
};

/// All files of a host, by path. Directories are what paths say; they need not be made.
class disk {
 public:
  using names = std::map<std::string, std::shared_ptr<inode>>;

  /// The names there are.
  const names& now() const noexcept { return now_; }
  /// What a name leads to; null: nothing.
  std::shared_ptr<inode> find(const std::string& path) const;
  /// A new, empty file under that name.
  std::shared_ptr<inode> make(const std::string& path);
  /// Gives a file another name, which leads to nothing else from then on. REQUIRES: there is `from`.
  void rename(const std::string& from, const std::string& to);
  /// Takes a name away.
  void remove(const std::string& path);
  /// The names in that directory survive; of every directory where `directory` is empty.
  void save_names(const std::string& directory);
  /// What leads to that file survives (DK1).
  void save_name_of(const inode& file);
  /// DK2. What was open is not any more.
  void crash(prng& chance);
  /// Bytes in all files.
  std::uint64_t used() const noexcept;

  disk_faults faults = {};

 private:
  struct name_change {
    std::string path;             // the name
    std::shared_ptr<inode> file;  // what it leads to from then on; null: nothing
  };
  void change(const std::string& path, std::shared_ptr<inode> file);
  template <class Which>
  void save_changes(Which which);

  names now_;
  names saved_;
  std::vector<name_change> unsaved_;
};

}  // namespace troupe::sim
