// How a database is opened: where it lives, what it runs on, and how much a commit promises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <troupe/port/clock.hpp>
#include <troupe/port/entropy.hpp>
#include <troupe/port/files.hpp>

namespace troupe::sqlite {

/// What a successful commit survives. A crash of the process alone loses nothing in any of them.
enum class durability : std::uint8_t {
  full,    ///< a power cut: every commit is synced before it returns
  normal,  ///< a power cut may take the last commits, whole ones and newest first; the database is never
           ///< damaged
  off,     ///< a power cut may damage the database: for data that can be made again
};

/// What `open` needs. The ports are borrowed: they outlive the database and its statements.
struct options {
  std::string path;                       ///< the main file; `-wal` and `-journal` are put beside it
  port::files& files;                     ///< its directory must exist, `open` makes none
  port::clock& clock;                     ///< what `datetime('now')` reads
  port::entropy& entropy;                 ///< what `random()` and `randomblob()` read
  durability durable = durability::full;  ///< what a commit promises
  std::size_t cache_bytes_max =
      2u << 20;                        ///< page cache; pages in use at once may exceed it, nothing else does
  std::uint32_t wal_pages_max = 1000;  ///< the write-ahead log is brought home at this many pages of 4 KiB
};

}  // namespace troupe::sqlite
