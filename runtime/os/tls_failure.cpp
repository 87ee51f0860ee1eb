#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <memory>
#include <troupe/os/tls_certificate.hpp>
#include <troupe/os/tls_failure.hpp>

namespace troupe::os {
namespace {

// What `note_untrusted` found, kept with the connection.
void forget_note(void*, void* note, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<std::string*>(note);
}
int place_of_note() {
  static const int place = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, &forget_note);
  return place;
}

// What the other side's alert means for this one; null for one that says nothing of who we are.
const char* what_they_refuse(int reason) noexcept {
  switch (reason) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return "it wants a certificate and got none";
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return "our certificate is of an authority that it does not trust";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return "our certificate has expired, or is not valid yet, by its clock";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
      return "our certificate is revoked";
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
      return "it does not accept our certificate";
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return "it does not speak TLS 1.3";
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
      return "it and we have no method in common";
    default:
      return nullptr;
  }
}

}  // namespace

// The certificate that was looked at when the check failed belongs to a chain; what people know is the leaf's name, and the dates are
// those of the one at fault, which is the leaf in all but rare cases.
std::string why_not_trusted(long code, const X509& leaf) {
  const std::string who = "its certificate (" + subject_of(leaf) + ") ";
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return who + "has expired, on " + to_date(X509_get0_notAfter(&leaf)) +
             "; give it a new one, or correct this machine's clock";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return who + "is not valid before " + to_date(X509_get0_notBefore(&leaf)) + "; correct the clocks";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return who + "is of another authority, " + issuer_of(leaf) +
             "; both sides need certificates of an authority in the other's authority file";
    case X509_V_ERR_CERT_REVOKED:
      return who + "is revoked";
    case X509_V_ERR_UNABLE_TO_GET_CRL:
      return who + "can't be checked: the file of revoked certificates has no list of " + issuer_of(leaf);
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return who + "can't be checked: the list of revoked certificates has expired; fetch a new one";
    case X509_V_ERR_CRL_NOT_YET_VALID:
      return who + "can't be checked: the list of revoked certificates is not valid yet; correct the clocks";
    default:
      return who + "does not count: " + X509_verify_cert_error_string(code);
  }
}

std::string take_openssl_reason() {
  const unsigned long first = ERR_get_error();
  ERR_clear_error();
  if (first == 0) return "no reason given";
  const char* const reason = ERR_reason_error_string(first);
  return reason ? reason : "error " + std::to_string(first);
}

int note_untrusted(int is_trusted, X509_STORE_CTX* check) {
  if (is_trusted) return 1;
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const X509* const leaf = X509_STORE_CTX_get0_cert(check);
  if (!ssl || !leaf) return 0;
  auto note = std::make_unique<std::string>(why_not_trusted(X509_STORE_CTX_get_error(check), *leaf));
  delete static_cast<std::string*>(SSL_get_ex_data(ssl, place_of_note()));
  const bool kept = SSL_set_ex_data(ssl, place_of_note(), note.get()) == 1;
  if (kept)
    note.release();
  else
    SSL_set_ex_data(ssl, place_of_note(), nullptr);
  return 0;
}

error no_tls(const std::string& peer) {
  return {errc::refused, peer + " does not speak TLS; give both sides certificates (node.tls), or neither"};
}

error tls_failure(const SSL& ssl, const std::string& peer) {
  const unsigned long first = ERR_peek_error();
  const int reason = ERR_GET_LIB(first) == ERR_LIB_SSL ? ERR_GET_REASON(first) : 0;
  const std::string why = take_openssl_reason();
  const auto refused = [&](const std::string& text) { return error{errc::refused, peer + ": " + text}; };
  const std::string refusal = peer + " refuses this side: ";

  if (const char* const theirs = what_they_refuse(reason)) return {errc::refused, refusal + theirs};
  switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      if (const auto* const note = static_cast<const std::string*>(SSL_get_ex_data(&ssl, place_of_note())))
        return refused(*note);
      break;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return refused("it showed no certificate; give it one that this side's authority has signed");
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_BAD_PACKET:
      return no_tls(peer);
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
      return refused("it does not speak TLS 1.3, and nothing older is spoken here");
    default:
      break;
  }
  return {SSL_is_init_finished(&ssl) ? errc::io : errc::refused, peer + ": TLS failed: " + why};
}

}  // namespace troupe::os
