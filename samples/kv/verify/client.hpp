// One client: a thread that owns its keys, writes and reads them on random nodes until it is told to stop,
// then reads everything back.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "kv/verify/board.hpp"
#include "kv/verify/connection.hpp"
#include "kv/verify/history.hpp"
#include "kv/verify/options.hpp"

namespace kv::verify {

/// Tells all clients to end the load. Thread-safe.
class stop_flag {
 public:
  /// Ends the load; clients that wait wake up.
  void stop();
  /// Whether `stop` was called.
  bool stopped() const;
  /// Waits until `stop` is called, `d` at most.
  void wait_for(troupe::duration d) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool stopped_ = false;
};

/// What one client came to.
struct summary {
  std::uint64_t acknowledged = 0;  ///< writes
  finding found;                   ///< lost and wrong
  std::uint64_t unread = 0;        ///< keys with acknowledged writes that could not be read back

  /// Adds another client's.
  void add(const summary& other) noexcept;
};

/// A client. Not thread-safe: one thread runs it; the board and the flag may be shared.
class client {
 public:
  /// `prefix` starts all its keys and was never used before. REQUIRES: the references outlive it.
  client(const options& o, std::size_t number, std::string prefix, std::size_t keys, std::uint64_t seed,
         board& shared, const stop_flag& stop);

  /// Runs the load until the flag says stop, then reads back.
  summary run();

 private:
  struct node {
    connection link;
    troupe::duration rests_until;
  };

  void load();
  void read_back();
  node& choose_node(troupe::duration now);
  bool perform(const request& r);

  const options& options_;
  std::size_t number_;
  history history_;
  troupe::prng random_;
  board& board_;
  const stop_flag& stop_;
  std::vector<node> nodes_;
  summary summary_;
};

/// The time since the program started, the same for all clients. Thread-safe.
troupe::duration since_start() noexcept;

}  // namespace kv::verify
