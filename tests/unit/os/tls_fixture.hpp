// What the tests of TLS share: an authority that makes certificates of every kind, good and bad, at run time, in a folder of its own.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <string>
#include <troupe/port/secure.hpp>
#include <troupe/testkit/doctest.hpp>
#include <vector>

#include "unit/os/os_fixture.hpp"

namespace troupe::tls_test {

template <auto Free>
struct freed {
  template <class T>
  void operator()(T* what) const noexcept {
    Free(what);
  }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed<EVP_PKEY_free>>;
using cert_ptr = std::unique_ptr<X509, freed<X509_free>>;

/// What a certificate is to say.
struct wanted {
  std::vector<std::string> uris = {};         ///< of its subjectAltName
  std::vector<std::string> other_names = {};  ///< of it too, as OpenSSL writes them: `DNS:n1`
  std::string common_name = "node";
  std::string usage = "serverAuth,clientAuth";
  long from_seconds = -3600;  ///< from now
  long until_seconds = 24 * 3600;
  long serial = 2;
};

/// A certificate with its key.
struct identity {
  key_ptr key;
  cert_ptr cert;
};

inline key_ptr new_key() { return key_ptr{EVP_EC_gen("P-256")}; }

/// Signs a new certificate; by itself where there is no `by`.
inline identity new_identity(const wanted& w, const identity* by, bool is_authority = false) {
  identity made{new_key(), cert_ptr{X509_new()}};
  X509* const c = made.cert.get();
  X509_set_version(c, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(c), w.serial);
  X509_gmtime_adj(X509_getm_notBefore(c), w.from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(c), w.until_seconds);
  X509_set_pubkey(c, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(w.common_name.c_str()), -1, -1, 0);
  X509* const issuer = by ? by->cert.get() : c;
  X509_set_issuer_name(c, X509_get_subject_name(issuer));
  X509V3_CTX ctx{};
  X509V3_set_ctx(&ctx, issuer, c, nullptr, nullptr, 0);
  const auto add = [&](int nid, const std::string& value) {
    X509_EXTENSION* const e = X509V3_EXT_conf_nid(nullptr, &ctx, nid, value.c_str());
    REQUIRE(e != nullptr);
    X509_add_ext(c, e, -1);
    X509_EXTENSION_free(e);
  };
  if (is_authority) {
    add(NID_basic_constraints, "critical,CA:TRUE");
    add(NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    add(NID_basic_constraints, "critical,CA:FALSE");
    add(NID_ext_key_usage, w.usage);
  }
  std::string names;
  for (const auto& uri : w.uris) names += (names.empty() ? "URI:" : ",URI:") + uri;
  for (const auto& name : w.other_names) names += (names.empty() ? "" : ",") + name;
  if (!names.empty()) add(NID_subject_alt_name, names);
  REQUIRE(X509_sign(c, by ? by->key.get() : made.key.get(), EVP_sha256()) > 0);
  return made;
}

inline void write_certificates(const std::string& path, const std::vector<const X509*>& all) {
  std::FILE* const f = std::fopen(path.c_str(), "w");
  REQUIRE(f != nullptr);
  for (const X509* c : all) PEM_write_X509(f, const_cast<X509*>(c));
  std::fclose(f);
}

inline void write_key(const std::string& path, EVP_PKEY* key, mode_t mode = 0600) {
  std::FILE* const f = std::fopen(path.c_str(), "w");
  REQUIRE(f != nullptr);
  PEM_write_PrivateKey(f, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(f);
  ::chmod(path.c_str(), mode);
}

/// An authority and the folder with what it has made.
class authority {
 public:
  explicit authority(const std::string& name = "test authority")
      : self_(new_identity({.common_name = name, .serial = 1}, nullptr, true)) {
    write_certificates(file(), {self_.cert.get()});
  }

  /// The file with its certificate.
  std::string file() const { return folder_ / "authority.crt"; }

  /// A certificate with its key, in memory.
  identity make(const wanted& w) const { return new_identity(w, &self_); }

  /// An authority below this one, in memory.
  identity make_authority_below(const wanted& w) const { return new_identity(w, &self_, true); }

  /// Signs it once more, after it was changed.
  void sign(const identity& who) const {
    REQUIRE(X509_sign(who.cert.get(), self_.key.get(), EVP_sha256()) > 0);
  }

  /// The files of a node: `NAME.crt`, `NAME.key`. Writes over those that are there.
  port::credential_files issue(const std::string& name, const wanted& w) const {
    const identity made = make(w);
    port::credential_files f{folder_ / (name + ".crt"), folder_ / (name + ".key"), file(), {}};
    write_certificates(f.certificate, {made.cert.get()});
    write_key(f.key, made.key.get());
    return f;
  }
  /// The same for the node of that name, without more to say.
  port::credential_files issue(const std::string& name) const {
    return issue(name, {.uris = {port::node_uri(name)}});
  }

  /// A list of revoked certificates, by their serial numbers, in the place of the one before; its dates are seconds from now.
  std::string revoke(const std::vector<long>& serials, long from = -60, long until = 3600) const {
    const std::unique_ptr<X509_CRL, freed<X509_CRL_free>> list{X509_CRL_new()};
    X509_CRL_set_version(list.get(), 1);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(self_.cert.get()));
    const auto at = [](long seconds) {
      return std::unique_ptr<ASN1_TIME, freed<ASN1_TIME_free>>{X509_gmtime_adj(nullptr, seconds)};
    };
    X509_CRL_set1_lastUpdate(list.get(), at(from).get());
    X509_CRL_set1_nextUpdate(list.get(), at(until).get());
    for (const long serial : serials) {
      X509_REVOKED* const one = X509_REVOKED_new();
      const std::unique_ptr<ASN1_INTEGER, freed<ASN1_INTEGER_free>> number{ASN1_INTEGER_new()};
      ASN1_INTEGER_set(number.get(), serial);
      X509_REVOKED_set_serialNumber(one, number.get());
      X509_REVOKED_set_revocationDate(one, at(-60).get());
      X509_CRL_add0_revoked(list.get(), one);
    }
    X509_CRL_sort(list.get());
    REQUIRE(X509_CRL_sign(list.get(), self_.key.get(), EVP_sha256()) > 0);
    const std::string path = folder_ / "revoked.pem";
    std::FILE* const f = std::fopen(path.c_str(), "w");
    PEM_write_X509_CRL(f, list.get());
    std::fclose(f);
    return path;
  }

  std::string path(const std::string& name) const { return folder_ / name; }

 private:
  os_test::temporary_directory folder_;
  identity self_;
};

/// A TLS client or server that speaks with OpenSSL alone, over a descriptor that blocks: what no node of ours would do.
struct bare_tls {
  std::unique_ptr<SSL_CTX, freed<SSL_CTX_free>> ctx{SSL_CTX_new(TLS_method())};
  std::unique_ptr<SSL, freed<SSL_free>> ssl;

  bare_tls(int fd, const identity* who, int version_max = TLS1_3_VERSION) {
    SSL_CTX_set_max_proto_version(ctx.get(), version_max);
    SSL_CTX_set_security_level(ctx.get(), 0);
    if (who) {
      SSL_CTX_use_certificate(ctx.get(), who->cert.get());
      SSL_CTX_use_PrivateKey(ctx.get(), who->key.get());
    }
    ssl.reset(SSL_new(ctx.get()));
    SSL_set_fd(ssl.get(), fd);
  }
};

}  // namespace troupe::tls_test
