// How nodes that a message names become known to its receiver (wire/introduction.hpp): what this node says of them, and what it believes of what peers say.
//
// Rules
//  IT1 Who sends a message with a ref to a third node says first where that can be dialled, once a connection (W10): by what the node says of itself
//      in its hello, else as this node dials it. An address that means nothing to the receiver, because it is one of this machine, is not said.
//  IT2 What a peer says of a node is kept for as long as its connection lasts, of each connection `introductions_max` nodes (R8). It is believed of nodes
//      that this one does not know otherwise only (known_peers.hpp, KP6), and dialled when a ref to the node is used, not before.
//  IT3 Not believed is an address that this node would not dial for its own good: one of its own machine from somebody elsewhere, one over a network
//      where it has no certificate and is not `insecure` (R7), one of a node that `node.tls.allow` leaves out. Who uses the ref is told why.
//  IT4 An address is no more than that: whoever answers there has to be the node by its hello, and by its certificate where there is one (LP3).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/node/options.hpp>
#include <troupe/wire/introduction.hpp>
#include <utility>
#include <vector>

namespace troupe::detail {

/// How near the other side of a connection is: which addresses mean the same there as here.
enum class nearness : std::uint8_t {
  elsewhere,     ///< those of a network
  this_machine,  ///< those of this machine as well
  this_user,     ///< and paths of Unix sockets
};

/// How near who has this address is, as far as it says. Pure.
nearness nearness_of(const port::endpoint& at) noexcept;

/// How near who has connected from `stream` to a node with these settings is.
nearness nearness_of(const port::stream& stream, const node_options& options);

/// Whether `at` is a place that can be dialled, and the same one for somebody that near. Pure.
bool means_something(const port::endpoint& at, nearness whom) noexcept;

/// The address that somebody that near says of itself or of others, if a node with these settings is to dial it: it means the same here, and is none of a
/// network where this node would speak without TLS and was not told to (R7). Else why not, in a few words. Pure.
result<port::endpoint> judge_address(const node_options& options, nearness from, const std::string& address);

/// The address in what somebody that near has said, if a node with these settings is to believe it (IT3); else why not, in a few words. Pure.
result<port::endpoint> judge_introduction(const node_options& options, nearness from,
                                          const wire::introduction& what);

/// Where somebody says that a node is.
struct told_address {
  port::endpoint at = {};
  std::string by = {};  ///< the node that says so; empty: the node itself

  friend bool operator==(const told_address&, const told_address&) = default;
};

/// What one side of a connection has introduced to the other (W10). Not thread-safe: guarded by the connection's lock.
class introduced_nodes {
 public:
  /// Whether that has to be said; it has been then.
  bool is_news(const wire::introduction& one);
  /// Another connection: nothing has been said.
  void begin_anew() noexcept {
    said_.clear();
    order_.clear();
  }

 private:
  std::map<std::string, std::string> said_;  // address by node
  std::deque<std::string> order_;
};

/// What peers have said of third nodes on the connections that there are (IT2). Thread-safe.
class introductions {
 public:
  /// One connection: whose, and which of several that this one has one after the other.
  using connection = std::pair<const void*, std::uint64_t>;

  /// `by` has said on that connection where that node is, or what is not believed, and why.
  void add(const connection& on, const std::string& by, const std::string& node, result<port::endpoint> at);
  /// It has ended.
  void over(const connection& on);
  /// Where the node is, what was said last first; nothing: nobody has said what is believed.
  std::vector<told_address> of(std::string_view node) const;
  /// What was said of it that is not believed, as a line that goes on behind its name; empty: nothing.
  std::string why_not(std::string_view node) const;

 private:
  struct said {
    connection on;
    std::string by;
    result<port::endpoint> at;
  };

  void forget(const connection& on, const std::string& node);

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<said>, std::less<>> by_node_;
  std::map<connection, std::deque<std::string>> order_;
};

/// What has to be said to `peer`, which is that near, of the nodes that a message for it names (IT1). `host` knows addresses. Without a lock.
template <class Host>
std::vector<wire::introduction> introductions_for(const std::vector<std::string>& nodes,
                                                  const std::string& peer, nearness whom, const Host& host) {
  std::vector<wire::introduction> out;
  for (const std::string& node : nodes) {
    if (node == peer) continue;
    if (std::optional<std::string> at = host.address_for(node, whom)) out.push_back({node, std::move(*at)});
  }
  return out;
}

}  // namespace troupe::detail
