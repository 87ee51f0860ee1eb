// Streams whose two sides have proved to each other who they are, and which nobody else can read or change.
//
// Rules
//  SE1 Both sides present a certificate of an authority that the other trusts, and hold its key. A stream that is handed over by
//      `connect` has been proved. One that was accepted has not: its `proof` is `none` until `read_some` has got that far, and nothing
//      is read or written through it before; what the handshake may cost meanwhile is `limits::handshake_bytes_max` bytes, and as much
//      time as its owner gives it (R6).
//  SE2 What fails for want of a proof is `errc::refused` with a text for the person who has to act; on the side that was turned down too.
//  SE3 A certificate is for the nodes that its subjectAltName names as URIs `troupe:NODE`. No other name in it counts.
//  SE4 What was proved holds for what was in use then. Whether it would be now is asked anew (`objection_to`): of the same certificates, with the
//      authorities, the lists and the time of now.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <troupe/port/transport.hpp>
#include <vector>

namespace troupe::port {

/// Where a node's certificate is kept: files in PEM.
struct credential_files {
  std::string certificate = {};  ///< its certificate, and behind it those that lead to the authority
  std::string key = {};          ///< the key of that certificate, for its user alone
  std::string authority = {};    ///< the certificates of those whose word counts
  std::string revoked = {};      ///< lists of certificates that don't count any more; empty: none
};

/// What the files say of this side.
struct credential_report {
  std::vector<std::string> nodes = {};                     ///< the nodes that the certificate is for (SE3)
  std::string fingerprint = {};                            ///< SHA-256 in hexadecimal
  std::chrono::system_clock::time_point valid_until = {};  ///< when it expires
};

/// A transport of such streams (SE1-SE3). Thread-safe. Unix sockets are left as they are: the kernel says who is there.
class secure_transport : public transport {
 public:
  /// Says what is wrong with what was read; empty: nothing.
  using objector = std::function<std::string(const credential_report&)>;

  /// Reads the files anew; connections that begin from now on use them. What is open goes on as it is. An error says which file is
  /// wrong and how, begins with the name of the member of `credential_files`, and changes nothing; so does what `objection` says.
  virtual result<credential_report> reload(const objector& objection = {}) = 0;

  /// The same from these files, which are those of later reloads as well, if it succeeds.
  virtual result<credential_report> reload(const credential_files& files, const objector& objection) = 0;

  /// Why who has proved `proof` on a stream of this transport would not get through now (SE4); empty: he would. One line for a person. What was
  /// checked with what is in use is not checked again. Empty for what is no certificate.
  virtual std::string objection_to(const peer_proof& proof) const = 0;

  /// What is in use.
  virtual credential_report report() const = 0;
};

/// A node's name as a certificate has it (SE3): `troupe:` and the name, with all but letters, digits and `-._~` as %XX.
std::string node_uri(std::string_view node);

/// The name in such a URI; empty when it is none.
std::string node_of_uri(std::string_view uri);

}  // namespace troupe::port
