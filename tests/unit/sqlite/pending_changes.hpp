// What a disk has been told and what it has made durable: one file's bytes, and the names of files. Decides
// what a power cut leaves. Pure: no lock, no fault but the cut. The rules are those of faulty_files.hpp.
//
// Thread-safety: none of its own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <troupe/base/prng.hpp>
#include <vector>

namespace troupe::test {

/// What is left of pending changes when everything stops.
enum class stop_kind : std::uint8_t {
  process_dies,  ///< all of them: the machine lives on, and they stay pending
  power_lost,    ///< none of them
  power_tears,   ///< some of them (F2)
  power_spoils,  ///< as `power_tears`; and a sector that did not get its piece may hold noise, old bytes
                 ///< included
};

/// How a power cut goes: its kind, and how many of 8 changes survive it on average.
struct power_cut {
  stop_kind how = stop_kind::power_lost;
  std::uint64_t survivors_in_8 = 0;

  /// Draws whether the next change survives.
  bool spares(prng& random) const { return random.below(8) < survivors_in_8; }
};

/// The bytes of a file.
class file_bytes {
 public:
  /// What reads see.
  const std::vector<std::byte>& now() const noexcept { return now_; }

  /// Writes `from` at `at`; pending.
  void write(std::uint64_t at, std::span<const std::byte> from);

  /// Cuts or extends to `size`; pending.
  void truncate(std::uint64_t size);

  /// Nothing is pending any more: all of it is durable.
  void sync();

  /// Nothing is pending any more: what `cut` spared is durable, the rest is gone.
  void settle(power_cut cut, prng& random);

 private:
  struct change {
    std::uint64_t at = 0;  // a truncation's new size
    std::vector<std::byte> written = {};
    bool truncates = false;
  };

  void settle(const change& c, power_cut cut, prng& random);

  std::vector<std::byte> now_;
  std::vector<std::byte> durable_;
  std::vector<change> pending_;  // in order
};

/// A file, and who holds its lock.
struct inode {
  file_bytes bytes;
  const void* locker = nullptr;  ///< the open file that holds the lock
};

/// The names of all files.
class file_names {
 public:
  using map = std::map<std::string, std::shared_ptr<inode>>;

  /// The names as they are seen.
  const map& now() const noexcept { return now_; }

  /// Makes a name (`from` empty), removes one (`to` empty) or changes one; pending.
  void change(std::string from, std::string to, std::shared_ptr<inode> node);

  /// What is pending in `directory` is durable.
  void sync(const std::string& directory);

  /// Nothing is pending any more: what `cut` spared is durable, the rest is gone.
  void settle(power_cut cut, prng& random);

  /// The directory a path is in.
  static std::string parent(const std::string& path);

 private:
  struct pending_change {
    std::string from, to;
    std::shared_ptr<inode> node;
  };

  static void carry_out(map& names, const pending_change& c);

  map now_;
  map durable_;
  std::vector<pending_change> pending_;  // in order
};

}  // namespace troupe::test
