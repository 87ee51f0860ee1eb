#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <troupe/os/tls_certificate.hpp>
#include <troupe/os/tls_ciphers.hpp>
#include <troupe/os/tls_credentials.hpp>
#include <troupe/os/tls_failure.hpp>
#include <utility>
#include <vector>

namespace troupe::os {

void openssl_delete::operator()(SSL_CTX* ctx) const noexcept { SSL_CTX_free(ctx); }
void openssl_delete::operator()(SSL* ssl) const noexcept { SSL_free(ssl); }

namespace {

/// The longest chain of certificates that a peer may show, in bytes: a few of the longest there are.
constexpr long chain_bytes_max = 32 << 10;

/// From a certificate to its authority.
constexpr int chain_depth_max = 4;

error mistake(const char* member, const std::string& path, const std::string& what) {
  return {errc::invalid, std::string{member} + " " + path + ": " + what};
}

std::string words_of(int number) {
  return boost::system::error_code{number, boost::system::system_category()}.message();
}

// Whether it can be read, and by whom else.
result<struct stat> look_at(const char* member, const std::string& path) {
  if (path.empty())
    return error{errc::invalid,
                 std::string{member} + " is missing; certificate, key and authority go together"};
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return mistake(member, path, words_of(errno));
  struct stat what {};
  const int rc = ::fstat(fd, &what);
  const int number = errno;
  ::close(fd);
  if (rc != 0) return mistake(member, path, words_of(number));
  if (!S_ISREG(what.st_mode)) return mistake(member, path, "it is no file");
  return what;
}

std::string no_pem(const char* what) {
  return std::string{"it has no "} + what + " in PEM (" + take_openssl_reason() + ")";
}

// A key with a password would have OpenSSL ask the terminal.
int no_password(char*, int, int, void*) { return -1; }

result<void> use_own(SSL_CTX& ctx, const port::credential_files& files) {
  if (const auto there = look_at("certificate", files.certificate); !there) return there.error();
  const auto key = look_at("key", files.key);
  if (!key) return key.error();
  if ((key->st_mode & (S_IRWXO | S_IWGRP)) != 0)
    return mistake(
        "key", files.key,
        "other users of this machine can read or change it; chmod 600 it, and make a new one if they may "
        "have read it");
  if (SSL_CTX_use_certificate_chain_file(&ctx, files.certificate.c_str()) != 1)
    return mistake("certificate", files.certificate, no_pem("certificate"));
  SSL_CTX_set_default_passwd_cb(&ctx, no_password);
  if (SSL_CTX_use_PrivateKey_file(&ctx, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const unsigned long why = ERR_peek_error();
    if (ERR_GET_LIB(why) == ERR_LIB_X509 && ERR_GET_REASON(why) == X509_R_KEY_VALUES_MISMATCH) {
      ERR_clear_error();
      return mistake("key", files.key, "it is not the key of the certificate " + files.certificate);
    }
    return mistake("key", files.key, no_pem("key without a password"));
  }
  if (SSL_CTX_check_private_key(&ctx) != 1) {
    ERR_clear_error();
    return mistake("key", files.key, "it is not the key of the certificate " + files.certificate);
  }
  const X509* const own = SSL_CTX_get0_certificate(&ctx);
  if (X509_cmp_current_time(X509_get0_notAfter(own)) < 0)
    return mistake("certificate", files.certificate,
                   "it expired on " + to_date(X509_get0_notAfter(own)) + "; put a new one in its place");
  if (X509_cmp_current_time(X509_get0_notBefore(own)) > 0)
    return mistake(
        "certificate", files.certificate,
        "it is not valid before " + to_date(X509_get0_notBefore(own)) + "; correct this machine's clock");
  return {};
}

using list_ptr = std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)>;

bool is_of_now(const X509_CRL& list) {
  const ASN1_TIME* const next = X509_CRL_get0_nextUpdate(&list);
  return X509_cmp_current_time(X509_CRL_get0_lastUpdate(&list)) < 0 &&
         (!next || X509_cmp_current_time(next) > 0);
}

// A list that does not count now lets nobody in, and would have everybody sent away who is here (TC2).
std::string mistake_in(const std::vector<list_ptr>& lists) {
  for (const auto& one : lists) {
    const X509_NAME* const issuer = X509_CRL_get_issuer(one.get());
    const bool has_better = std::any_of(lists.begin(), lists.end(), [&](const list_ptr& other) {
      return is_of_now(*other) && X509_NAME_cmp(X509_CRL_get_issuer(other.get()), issuer) == 0;
    });
    if (has_better) continue;
    const ASN1_TIME* const next = X509_CRL_get0_nextUpdate(one.get());
    const std::string whose = "the list of " + issuer_of(*one);
    if (next && X509_cmp_current_time(next) < 0)
      return whose + " expired on " + to_date(next) + "; fetch a new one";
    return whose + " is not valid before " + to_date(X509_CRL_get0_lastUpdate(one.get())) +
           "; correct this machine's clock";
  }
  return {};
}

result<void> trust(SSL_CTX& ctx, const port::credential_files& files) {
  if (const auto there = look_at("authority", files.authority); !there) return there.error();
  if (SSL_CTX_load_verify_file(&ctx, files.authority.c_str()) != 1)
    return mistake("authority", files.authority, no_pem("certificate"));
  if (files.revoked.empty()) return {};

  if (const auto there = look_at("revoked", files.revoked); !there) return there.error();
  X509_STORE* const store = SSL_CTX_get_cert_store(&ctx);
  const std::unique_ptr<BIO, decltype(&BIO_free)> in{BIO_new_file(files.revoked.c_str(), "r"), &BIO_free};
  std::vector<list_ptr> lists;
  while (in) {
    list_ptr one{PEM_read_bio_X509_CRL(in.get(), nullptr, no_password, nullptr), &X509_CRL_free};
    if (!one) break;
    if (X509_STORE_add_crl(store, one.get()) == 1) lists.push_back(std::move(one));
  }
  if (lists.empty()) return mistake("revoked", files.revoked, no_pem("list of revoked certificates"));
  ERR_clear_error();  // that there are no more
  if (std::string why = mistake_in(lists); !why.empty()) return mistake("revoked", files.revoked, why);
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
  return {};
}

bool set_rules(SSL_CTX& ctx) {
  SSL_CTX_set_options(&ctx, SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(&ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(&ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, &note_untrusted);
  SSL_CTX_set_verify_depth(&ctx, chain_depth_max);
  SSL_CTX_set_max_cert_list(&ctx, chain_bytes_max);
  // An idle connection holds no buffers. What waits to be written may have moved when it is offered again (port, T5).
  SSL_CTX_set_mode(&ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return SSL_CTX_set_min_proto_version(&ctx, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(&ctx, TLS1_3_VERSION) == 1 && SSL_CTX_set_num_tickets(&ctx, 0) == 1 &&
         SSL_CTX_set_ciphersuites(&ctx, ciphers_by_speed().c_str()) == 1;
}

}  // namespace

result<std::shared_ptr<const tls_credentials>> tls_credentials::load(const port::credential_files& files) {
  ERR_clear_error();
  ctx_ptr ctx{SSL_CTX_new(TLS_method())};
  if (!ctx || !set_rules(*ctx))
    return error{errc::invalid, "OpenSSL does not work: " + take_openssl_reason()};
  if (const auto done = use_own(*ctx, files); !done) return done.error();
  if (const auto done = trust(*ctx, files); !done) return done.error();
  const X509* const own = SSL_CTX_get0_certificate(ctx.get());
  port::credential_report report{.nodes = nodes_of(*own),
                                 .fingerprint = fingerprint_of(*own),
                                 .valid_until = to_time(X509_get0_notAfter(own))};
  return std::shared_ptr<const tls_credentials>{new tls_credentials{std::move(ctx), std::move(report)}};
}

ssl_ptr tls_credentials::open(tls_role role) const {
  ssl_ptr made{SSL_new(ctx_.get())};
  if (!made) return made;
  if (role == tls_role::dials)
    SSL_set_connect_state(made.get());
  else
    SSL_set_accept_state(made.get());
  return made;
}

}  // namespace troupe::os
