// Which peers a node knows, and its links to them.
//
// Rules
//  KP1 A peer of `node.peers` is known from the start, any other from a hello on that says where it can be dialled, or from a ref to its actors on where
//      the peer that has sent it says so (KP6).
//  KP2 Of those that are known by their hello at most `by_hello_max` are here at a time (R8): a peer comes and goes under any name it can prove.
//  KP3 One that is known by its hello, is declared down and has no connection to this node has gone: it is not listed, and its place is free. Its
//      link stays for refs to its actors, which work again when it is back (L5), and goes when nothing refers to it: at the latest when twice as many peers
//      have gone as were left at the last look.
//  KP4 Whether it has a connection is what is written here, under the lock: so a hello that comes while a peer goes has it stay, or come back.
//  KP5 A link that is made anew begins behind the epochs of those that went: nothing of them is taken for its own (link_state.hpp, K10).
//  KP6 What peers say of a node (introductions.hpp) counts while that is not known by `node.peers` or its own hello, or when it has gone. A node that is
//      known by that alone is as one that has gone until it is reached: then it is listed, until it is declared down, and from its own hello
//      on it is as one that is known by that. There are at most `introduced_max` of them, those left out that nothing refers to (R8).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <troupe/node/inbound.hpp>
#include <troupe/node/peer_link.hpp>
#include <vector>

namespace troupe::detail {

/// See above. Thread-safe. No link that others have is asked anything under its lock.
class known_peers {
 public:
  /// Makes the link to that peer, at that address, known in that way, which begins with that epoch.
  using maker = std::function<peer_link_ptr(const std::string& peer, const port::endpoint& at, known_by how,
                                            std::uint64_t epoch)>;

  /// What has become of a hello.
  struct greeted {
    peer_link_ptr link = {};  ///< null: its sender can't be dialled, or there are too many (KP2)
    bool is_new = false;      ///< and yet to be started
    bool by_hello = false;    ///< whether the peer is known by that only
  };

  known_peers(std::size_t by_hello_max, std::size_t introduced_max, maker make)
      : by_hello_max_(by_hello_max), introduced_max_(introduced_max), make_(std::move(make)) {}

  /// One of `node.peers`.
  void add(const std::string& peer, const port::endpoint& at);
  /// That connection has brought a hello of that peer, which can be dialled at `at`; none: it can't.
  greeted greet(const inbound& connection, const std::string& peer, const std::optional<port::endpoint>& at);
  /// The link to that node, which others say is there (KP6), one at least. Null: there are too many.
  peer_link_ptr introduce(const std::string& peer, const std::vector<told_address>& where);
  /// That peer has been reached.
  void met(const std::string& peer);
  /// That connection is over; one that has brought no hello may be said to be as well.
  void is_over(const inbound& connection, const std::string& peer);
  /// That peer was declared down.
  void is_down(const std::string& peer);
  /// That peer is known by its hello only, from now on.
  void forget(const std::string& peer);

  /// The link to that peer, also to one that has gone; null: there is none.
  peer_link_ptr link_to(std::string_view peer) const;
  /// The same, but null for one that has gone.
  peer_link_ptr present(std::string_view peer) const;
  /// The links to all that have not gone, in the order of the peers' names.
  std::vector<peer_link_ptr> all_present() const;
  /// The links to all.
  std::vector<peer_link_ptr> all() const;

 private:
  struct known {
    peer_link_ptr link;
    bool by_hello;
    bool has_gone = false;
    bool introduced = false;                       // known by that only; `by_hello` as well
    std::vector<const inbound*> connections = {};  // to this node
  };

  void see_off(const std::string& peer);
  std::vector<peer_link_ptr> left_alone();
  std::vector<peer_link_ptr> those(bool also_gone) const;

  const std::size_t by_hello_max_;
  const std::size_t introduced_max_;
  const maker make_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, known, std::less<>> all_;
  std::size_t by_hello_ = 0;  // that have not gone
  std::size_t introduced_ = 0;
  std::size_t gone_ = 0;
  std::size_t look_at_ = 16;  // so many, for links that nothing refers to (KP3)
  std::uint64_t epoch_ = 1;   // KP5
};

}  // namespace troupe::detail
