// How a node presents itself and whom it knows.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <troupe/base/limits.hpp>
#include <troupe/base/units.hpp>
#include <troupe/detector/detector_settings.hpp>
#include <troupe/link/proof.hpp>
#include <troupe/node/spawnable_types.hpp>
#include <troupe/port/secure.hpp>
#include <troupe/rights/rights_table.hpp>
#include <troupe/schema/contract_set.hpp>
#include <vector>

namespace troupe {

class config;
class config_schema;

/// The settings of a node. Each can be given in a configuration under the name in its comment; see `schema`.
struct node_options {
  std::string name = {};                             ///< `node.name`
  port::endpoint listen = {};                        ///< `node.listen`: "host:port" or "unix:/path"
  std::map<std::string, port::endpoint> peers = {};  ///< `node.peers`: name = "host:port" or "unix:/path"
  bool insecure = false;                             ///< `node.insecure`: R7
  duration heartbeat_interval = milliseconds{500};   ///< `node.heartbeat_interval`
  duration heartbeat_limit =
      seconds{10};  ///< `node.heartbeat_limit`: silence after which a peer is unreachable in any case
  detector_settings detector =
      {};  ///< `node.detector.*`: how long a peer may be silent, by how it was before (detector_options.hpp)
  duration down_after =
      seconds{10};  ///< `node.down_after`: how long an unreachable peer may take to come back (R5)
  duration redial_max = seconds{
      10};  ///< `node.redial_max`: the longest wait before a peer that was declared down is dialled again
  std::optional<port::endpoint> advertise =
      {};  ///< `node.advertise`: where peers can dial it; default: `listen`, if that is one address
  std::size_t unsent_max =
      64u << 20;  ///< `node.unsent_max`: bytes queued for a peer, in each lane, before messages are refused
  std::size_t message_max =
      64u << 20;  ///< `node.message_max`: bytes of the largest message that is taken from a peer
  std::size_t freed_memory_kept =
      16u
      << 20;  ///< `node.freed_memory_kept`: bytes that the process has freed and keeps, of each heap (os_memory.hpp); 0: as it is
  std::size_t compress_above =
      0;  ///< `node.compress_above`: bytes from which on messages are packed on their way (wire/packed.hpp); 0: none is
  std::vector<std::string> bulk =
      {};  ///< `node.bulk`: patterns of the paths, on any peer, that get much and may be slow (M3)
  bool system_messages =
      false;  ///< `node.system_messages`: whether peers may look into actors and suspend them (sys.hpp, SM3)
  unsigned inbound_max = 4096;  ///< `node.inbound_max`: connections of peers that have been let in
  unsigned strangers_max =
      512;  ///< `node.strangers_max`: connections whose peers have not said yet who they are (N9)
  std::size_t requests_max =
      100'000;  ///< `node.requests_max`: asks that a connection may have open here (inbound.hpp, IN17)
  std::size_t watches_max =
      1'000'000;  ///< `node.watches_max`: watches that a run of a peer may have here (far_session.hpp, FS3)
  spawnable_types types = {};  ///< the actor types that this node makes for others (spawnable.hpp)
  std::vector<std::string> spawnable =
      {};  ///< `node.spawnable`: patterns of the types that every peer may have spawned here: `bank.*`; none by default
  spawn_right may_spawn =
      {};  ///< says who may have what spawned here, in place of `spawnable` and of `rights`
  std::size_t spawned_max = 1000;  ///< `node.spawned_max`: actors of other nodes that there may be here
  std::optional<port::credential_files> tls =
      {};  ///< `node.tls.certificate`, `.key`, `.authority`, `.revoked`: none, no TLS (R7)
  std::vector<std::string> tls_allow =
      {};  ///< `node.tls.allow`: the nodes that may be peers; empty: any with a certificate
  bool tls_close_expired =
      false;  ///< `node.tls.close_expired`: whether a connection ends when its peer's certificate expires (N8)
  std::vector<std::uint32_t> unix_users =
      {};  ///< `node.unix_users`: who may connect over a Unix socket besides the own user

  std::size_t introduced_max =
      256;  ///< `node.introduced_max`: nodes that are known only by what peers say of them (known_peers.hpp, KP6); 0: nobody is introduced, here or to others
  schema::contract_set contracts =
      {};  ///< what this node understands, as `troupe::contracts<Actors...>()` gives it: compared with a peer's when they meet (agreement.hpp)
  std::vector<std::string> public_paths =
      {};  ///< `node.public`: patterns of paths here that every peer may send to (rights_table.hpp); none: nobody's
  std::map<std::string, peer_rights> rights =
      {};  ///< `node.rights.NAME.send`, `.link`, `.spawn`, `.services`: what the peers of that name may do besides
  std::vector<std::string> services =
      {};  ///< `node.services`: patterns of the services that are shared with every peer (rights_table.hpp, RI11); none by default
  std::size_t services_max = 10'000;  ///< `node.services_max`: offers of services that are taken from a peer

  /// The keys above and what they must be together, for a program to add to its own.
  static config_schema schema();

  /// Reads them. REQUIRES: the configuration was made with `schema()`.
  static node_options from(const config& c);
};

/// Has every peer send to all that users have started on a node with these settings, and link to it: for tests, and for nodes that are one
/// program on several machines and trust each other as its parts do.
void trust_all_peers(node_options& o);

/// Whether a node with these settings shares services with anybody; then its system needs a receptionist.
bool shares_services(const node_options& o) noexcept;

/// Whom a node with these settings lets in and believes.
proof_rules proof_rules_of(const node_options& o);

/// Who may have what spawned on a node with these settings.
spawn_right spawn_right_of(const node_options& o);

/// Whether only programs on this machine can connect to `at`, as far as its text says. Pure.
bool is_loopback(const port::endpoint& at) noexcept;

}  // namespace troupe
