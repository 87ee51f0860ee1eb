// A node's certificate, key and authorities, read from files into what connections are made of.
//
// Rules
//  TC1 TLS 1.3 and nothing else, both sides with a certificate. No session is kept and no ticket given: a connection proves anew who is
//      there, so what was revoked or replaced meanwhile does not come back, and there are no early bytes that could be sent twice.
//  TC2 What is wrong with a file is said when it is read, with its name: it is not there, not readable, no PEM, a key that others may
//      read, a key of another certificate, a certificate or a list of revoked ones that has expired. Nothing is asked of a terminal.
//  TC3 It never changes. New files are a new object; connections keep theirs.
#pragma once

#include <memory>
#include <troupe/base/error.hpp>
#include <troupe/port/secure.hpp>

struct ssl_ctx_st;
struct ssl_st;

namespace troupe::os {

/// Deletes what OpenSSL has made.
struct openssl_delete {
  void operator()(ssl_ctx_st* ctx) const noexcept;
  void operator()(ssl_st* ssl) const noexcept;
};

/// One connection's state, OpenSSL's.
using ssl_ptr = std::unique_ptr<ssl_st, openssl_delete>;

/// Which side of a connection.
enum class tls_role : std::uint8_t { dials, accepts };

/// See above. Thread-safe.
class tls_credentials {
 public:
  /// Reads the files (TC2). `errc::invalid` with a text that begins with the name of the member of `files`.
  static result<std::shared_ptr<const tls_credentials>> load(const port::credential_files& files);

  /// The state of a new connection; null when there is no memory.
  ssl_ptr open(tls_role role) const;

  /// What connections are made of, OpenSSL's: for who checks a certificate outside of one.
  const ssl_ctx_st& context() const noexcept { return *ctx_; }

  /// What the certificate says.
  const port::credential_report& report() const noexcept { return report_; }

 private:
  using ctx_ptr = std::unique_ptr<ssl_ctx_st, openssl_delete>;
  tls_credentials(ctx_ptr ctx, port::credential_report report)
      : ctx_(std::move(ctx)), report_(std::move(report)) {}

  const ctx_ptr ctx_;
  const port::credential_report report_;
};

}  // namespace troupe::os
