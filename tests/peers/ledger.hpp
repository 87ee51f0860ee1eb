// What has arrived, in the order it did, in a file that outlives the process: each entry is one `write`, so a process that is killed has
// written an entry or has not.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace peers {

/// Where a node writes down what arrives. Not thread-safe: an actor's.
class ledger {
 public:
  /// Opens it, to add to what is there. Throws `std::runtime_error`.
  explicit ledger(const std::string& file);
  ~ledger();
  ledger(const ledger&) = delete;
  ledger& operator=(const ledger&) = delete;

  /// Adds one. Throws `std::runtime_error`.
  void write(std::uint32_t sender, std::uint64_t number);

 private:
  int file_;
};

/// What a ledger says.
struct account {
  std::uint64_t entries = 0;
  std::map<std::uint32_t, std::uint64_t> last;  ///< by sender
  std::vector<std::string> wrong;  ///< each entry that was twice or out of order, in words, 20 at most
};

/// Reads the whole of it. Throws `std::runtime_error`, also for a file that ends in the middle of an entry.
account read_ledger(const std::string& file);

}  // namespace peers
