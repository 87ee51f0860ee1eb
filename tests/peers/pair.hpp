// The two nodes of a test: `n1` in this process, `n2` in another that can be started again and again, under the same name and address.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <troupe/troupe.hpp>
#include <vector>

#include "scenario/nodes.hpp"
#include "scenario/process.hpp"

namespace peers {

/// What can be chosen of them.
struct pair_settings {
  troupe::duration heartbeat_interval = troupe::milliseconds{100};
  troupe::duration heartbeat_limit = troupe::seconds{40};  ///< long: a busy machine is no dead peer
  troupe::duration acceptable_pause = troupe::seconds{20};
  troupe::duration down_after = troupe::seconds{20};
  std::vector<std::string> bulk = {};  ///< paths of `n2` whose messages `n1` sends in the bulk lane
  bool tls = false;                    ///< with certificates made by certificates.sh
  std::string host_one = "127.0.0.1", host_two = "127.0.0.1";  ///< where they listen
  std::vector<std::string> run_two_by = {};                    ///< words before the command of `n2`
  std::uint16_t dial_two_at = 0;  ///< the port at which `n1` dials it; 0: where it listens
};

/// See above. Use it from one thread.
class pair {
 public:
  /// Starts `n1`; `n2` is started by `start`.
  explicit pair(pair_settings how = {});

  /// Starts `n2`, and waits until `n1` can reach it.
  void start();
  /// SIGKILL.
  void kill() { two_.reset(); }
  /// The process of `n2`. REQUIRES: it was started.
  scenario::process& two() { return *two_; }
  troupe::system& one() { return *one_; }
  /// Waits until `n1` can reach `n2`, or not.
  void wait_for_peer(bool reachable);
  /// The file in which `n2` writes entries down.
  std::string ledger() const { return (directory_.path() / "ledger").string(); }
  /// Where `n2` listens.
  std::uint16_t port_two() const noexcept { return port_two_; }
  const scenario::temporary_directory& directory() const noexcept { return directory_; }

 private:
  scenario::temporary_directory directory_;
  const pair_settings how_;
  const std::uint16_t port_one_, port_two_;
  std::unique_ptr<troupe::system> one_;
  std::optional<scenario::process> two_;
};

/// How often each case does what it does; see README.md.
extern std::size_t cycles;

}  // namespace peers
