// Who the other side of a stream has proved to be: what a transport found out, for whoever decides whom to let in.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace troupe::port {

/// The certificates that the other side has shown, as the transport that checked them keeps them: it can look at them again (secure.hpp, SE4).
/// Never changes; thread-safe.
class shown_certificates {
 public:
  virtual ~shown_certificates() = default;
};

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
  std::chrono::system_clock::time_point valid_until =
      {};  ///< `certificate`: when the first of those that lead to the authority expires
  std::shared_ptr<const shown_certificates> shown = {};  ///< `certificate`: those that led to it
  std::uint32_t user = 0;                                ///< `local_user`: the user's number
  bool own_user = false;  ///< `local_user`: it is the one that this process runs as
  std::size_t bytes = 0;  ///< what was read of the other side for it (R6)

  friend bool operator==(const peer_proof&, const peer_proof&) = default;
};

/// For logs and errors: `a certificate for n1, n2`, `user 1000`, `nothing`.
std::string to_string(const peer_proof& p);

}  // namespace troupe::port
