// Who the other side of a stream has proved to be: what a transport found out, for whoever decides whom to let in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe::port {

/// What is known for certain of the other side. A value.
struct peer_proof {
  /// What it rests on.
  enum class kind : std::uint8_t {
    none,         ///< nothing: anybody who can reach the address may be there
    certificate,  ///< a certificate of an authority that this side trusts, and its key
    local_user,   ///< the kernel's word for the user of a process on this machine
  };

  kind how = kind::none;
  std::vector<std::string> nodes =
      {};  ///< `certificate`: the nodes it is for, in the order it names them; may be none
  std::string fingerprint = {};  ///< `certificate`: its SHA-256 in hexadecimal, 64 digits
  std::uint32_t user = 0;        ///< `local_user`: the user's number
  bool own_user = false;         ///< `local_user`: it is the one that this process runs as
  std::size_t bytes = 0;         ///< what was read of the other side for it (R6)

  friend bool operator==(const peer_proof&, const peer_proof&) = default;
};

/// For logs and errors: `a certificate for n1, n2`, `user 1000`, `nothing`.
std::string to_string(const peer_proof& p);

}  // namespace troupe::port
