// Why TLS did not work, in one line for the person who has to act: OpenSSL's errors are many, and name none of it.
#pragma once

#include <string>
#include <troupe/base/error.hpp>

struct ssl_st;
struct x509_st;
struct x509_store_ctx_st;

namespace troupe::os {

/// What `ssl`'s last call failed of, by its own state and the calling thread's queue of errors, which is emptied. `peer` is the other side's
/// address. `errc::refused` where one side did not accept the other (secure.hpp, SE2), `errc::io` otherwise.
error tls_failure(const ssl_st& ssl, const std::string& peer);

/// The check of a certificate, for SSL_CTX_set_verify: lets nobody in that OpenSSL would not, and keeps whose certificate it was for
/// `tls_failure`, since OpenSSL forgets a certificate that does not count.
int note_untrusted(int is_trusted, x509_store_ctx_st* check);

/// Why a certificate does not count, by the code that OpenSSL's check of it gave: `its certificate (n1) is revoked`. `leaf` is whose it is.
std::string why_not_trusted(long code, const x509_st& leaf);

/// OpenSSL's own words for the first error in the calling thread's queue, which is emptied; for files.
std::string take_openssl_reason();

/// What to say of a peer whose first bytes are no TLS.
error no_tls(const std::string& peer);

}  // namespace troupe::os
