// Certificates for the nodes of a test, made by the script that users have (remoting/certificates.sh).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace scenario {

/// An authority in `directory`, and a certificate that it has signed for each name. Throws `std::runtime_error` with what the script said.
void make_certificates(const std::filesystem::path& directory, const std::vector<std::string>& names);

/// A new certificate, with a new key, in the place of that of `name`.
void renew_certificate(const std::filesystem::path& directory, const std::string& name);

/// Puts the certificate of `name` on the authority's list, `revoked.pem`.
void revoke_certificate(const std::filesystem::path& directory, const std::string& name);

/// The table `[node.tls]` of a configuration for the node `name`.
std::string tls_table(const std::filesystem::path& directory, const std::string& name);

}  // namespace scenario
