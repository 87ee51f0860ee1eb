// Makes a system a node.
//
//     troupe::system sys{config, troupe::remoting{troupe::node_options::from(config)}};
//     auto shard = troupe::node(sys, "n2").ref<shard>("/user/kv/shards/7");     // used like a local ref
//
// Rules
//  N1 A node listens once its system runs; an address that is taken is a failed start with a readable line. So are settings of which a peer would
//     show only later that they are wrong.
//  N2 It dials every peer it knows and keeps dialling. A ref to a peer works whenever that peer can be reached,
//     across the peer's restarts (L5). One that was declared down it dials less and less often, up to `redial_max`, and all of those together 20 times
//     a second at most (link_state.hpp, K11); one that says hello at once. While it can't, asks fail at once with `unreachable` and the reason
//     (M5).
//  N4 When the process is out of file descriptors, accepting waits `accept_retry_delay` and tries again; peers
//  wait in the
//     kernel's backlog meanwhile.
//  N6 A peer that this node does not know is dialled where its hello says, unless that is an address of this machine from somebody elsewhere, or one of
//     a network where nobody is to be dialled without TLS (N3; `judge_address`). One that can't be is served all the same, but can be told of no
//     ends: its welcome says so, so its watches and links end there at once (peer_link.hpp, PL17), and the event `peer_unreachable` says here what to set.
//  N7 A peer that is known by its hello only is listed, and has a place here, until it is declared down and has no connection left (known_peers.hpp). Any
//     can be disconnected and forgotten by hand.
//  N3 A node that is to listen on, or dial, anything but loopback or a Unix socket refuses to start without TLS unless told `insecure = true` (R7).
//  N5 A node with a certificate speaks TLS with every peer over a network, and with no other (port/secure.hpp, link/proof.hpp). The
//     certificate must be for the node's own name. It can be replaced while the node runs; `certificate_warning` before it expires the log says so,
//     at the start, at each reload, and at most once a day when a peer connects.
//  N9 Connections whose peers have not said yet who they are have `strangers_max` places of their own. When these are taken the one that has been
//     there longest goes for the next one, without a word, so strangers who only hold places keep out nobody who says his name sooner.
//     Of those who have said it, and proved it where that is asked for, `inbound_max` are let in (session_table.hpp, ST5).
//  N8 Whom it lets in can change while it runs: what is revoked, of another authority, expired, or not in `node.tls.allow` or `node.unix_users` any more, is
//     cut off at the reload that says so, and refused as any newcomer when it comes again (admission_policy.hpp). Its peers that were told nothing see
//     a connection that has ended.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <troupe/node/options.hpp>
#include <troupe/node/peer_status.hpp>
#include <troupe/ref/ref.hpp>
#include <troupe/system/extension.hpp>
#include <vector>

namespace troupe {

/// The extension (N1-N3).
class remoting final : public extension {
 public:
  explicit remoting(node_options options);
  remoting(remoting&&) noexcept;
  ~remoting() override;

  void start(system& sys) override;
  void stop(system& sys) noexcept override;

  /// This node's name.
  const std::string& name() const noexcept;
  /// The address it listens on, with the real port.
  port::endpoint listens_on() const;
  /// See the function of that name below.
  result<std::size_t> reload_certificates();
  /// See the function of that name below.
  result<std::size_t> reload_admission(const node_options& anew);
  /// What is known of the peers, in the order of their names. Thread-safe.
  std::vector<peer_status> peers() const;
  /// See the function of that name below.
  bool disconnect(const std::string& peer);
  /// See the function of that name below.
  bool forget_peer(const std::string& peer);
  /// The address of the actor at `path` on `peer`. Throws `failed` with `not_found` for a node it does not
  /// know.
  address_ptr address_of(const std::string& peer, std::string path) const;

 private:
  class parts;
  std::unique_ptr<parts> parts_;
};

class spawn_there;
template <class A>
class spawning;

/// A peer, for making refs to what lives there, and for having actors spawned there. A value; thread-safe while its system lives.
class peer_node {
 public:
  peer_node(const remoting& r, std::string name) : remoting_(&r), name_(std::move(name)) {}

  /// A named ref to the actor at `path` there (L5).
  template <class... Ts>
  troupe::ref<Ts...> ref(std::string path) const {
    return troupe::ref<Ts...>{remoting_->address_of(name_, std::move(path))};
  }

  /// Has an `A` spawned there, made of `args`: await or `get` what this returns. Include <troupe/node/far_spawn.hpp>, which says the rest.
  template <class A, class... Args>
  spawning<A> spawn(duration timeout, spawn_there how, Args&&... args) const;

 private:
  const remoting* remoting_;
  std::string name_;
};

class system;

/// The peer of that name. Throws `failed` when the system is no node or does not know the peer.
peer_node node(system& sys, std::string name);

/// Reads the certificate, key, authority and revoked certificates of this system's node anew (N5). New connections use them. Of those that are open,
/// both ways, the ones whose peers would not be let in now are closed, each with an event (N8); the others go on. Returns how many were closed. On an
/// error all stays as it is, and the text says which file is wrong and how; `errc::invalid` also when this is no node, or has no certificate. Reads
/// files, so not for a handler. Thread-safe.
result<std::size_t> reload_certificates(system& sys);

/// The same with settings that have changed: of `anew` the files of certificates (`tls`), the peers (`tls_allow`) and the users (`unix_users`) count from
/// now on, and nothing else is looked at. Also for a node without certificates; `errc::invalid` where one has them and the other has not. Thread-safe.
result<std::size_t> reload_admission(system& sys, const node_options& anew);

/// Declares that peer down at once, as if it had not been reached for `node.down_after` (R5): asks to it fail, whoever watches its actors or is linked to
/// them hears `unreachable`, and the connections of both directions are cut, with a goodbye. It may come back, and both begin anew: one of `node.peers` is
/// dialled again, and it may dial. False: this node knows no such peer. Thread-safe.
bool disconnect(system& sys, const std::string& peer);

/// The same for a peer that is not to be expected back: it is not dialled any more either, and is none of `peers` until it says hello. Who is to be
/// kept out is a matter of `node.tls.allow`. Thread-safe.
bool forget_peer(system& sys, const std::string& peer);

/// The peers of this system, none when it is no node. Thread-safe.
std::vector<peer_status> peers(system& sys);

}  // namespace troupe
