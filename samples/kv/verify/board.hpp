// What all clients report while they run: figures for the line of each second, and the journal. Thread-safe.
//
// The journal has one line for each acknowledged write, deletions too, in the order a client got them:
//     <ms since the start> c<client> <command> <key> <number of the write>
// and one line that begins with `#` for each thing that was found lost or wrong. It is written out once a
// second.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <troupe/base/error.hpp>
#include <troupe/base/units.hpp>

#include "kv/verify/history.hpp"

namespace kv::verify {

/// The figures of a stretch of time.
struct figures {
  ending_counts endings{};     ///< requests by how they ended
  troupe::duration longest{};  ///< the longest that an answered request took

  /// Adds another stretch.
  void add(const figures& other) noexcept;
};

/// Where clients put what they see.
class board {
 public:
  /// Opens the journal; an error names the file. An empty name means none.
  troupe::result<void> open_journal(const std::string& file);

  /// Counts a request that ended.
  void count(ending how, troupe::duration took) noexcept;

  /// Journals an acknowledged write.
  void acknowledged(troupe::duration since_start, std::size_t client, const request& r);

  /// Prints and journals what was found. Only the first few are printed.
  void found(troupe::duration since_start, std::size_t client, const std::string& text);

  /// The figures since the last call; the journal is on its way to the disk.
  figures take();

 private:
  struct closer {
    void operator()(std::FILE* f) const noexcept;
  };

  // Relaxed: plain counts. A client's last ones are read after it was joined.
  std::array<std::atomic<std::uint64_t>, endings> counts_{};
  std::atomic<troupe::duration::rep> longest_{0};
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<std::FILE, closer> journal_;
  std::size_t printed_ = 0;
};

/// `t 12 s: 15230 ops/s, longest 41 ms, errors: UNAVAILABLE 3` for the figures of one second.
std::string describe_second(std::uint64_t second, const figures& f);

}  // namespace kv::verify
