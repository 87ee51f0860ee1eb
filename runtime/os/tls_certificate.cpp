#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>
#include <troupe/os/tls_certificate.hpp>
#include <troupe/port/secure.hpp>

namespace troupe::os {
namespace {

constexpr std::size_t shown_max = 200;

std::string shown(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  if (text.size() > shown_max) text = text.substr(0, shown_max) + "...";
  return text;
}

std::string to_text(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out{BIO_new(BIO_s_mem()), &BIO_free};
  if (!out || !name) return "?";
  // Escapes whatever is no printable ASCII.
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return size > 0 ? shown({data, static_cast<std::size_t>(size)}) : std::string{"(no name)"};
}

bool to_tm(const ASN1_TIME* time, std::tm& out) { return time && ASN1_TIME_to_tm(time, &out) == 1; }

}  // namespace

std::vector<std::string> nodes_of(const X509& certificate) {
  std::vector<std::string> out;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free};
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* const uri = name->d.uniformResourceIdentifier;
    // By its length, so a NUL inside ends nothing.
    std::string node = port::node_of_uri({reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                                          static_cast<std::size_t>(ASN1_STRING_length(uri))});
    if (!node.empty()) out.push_back(std::move(node));
  }
  return out;
}

std::string fingerprint_of(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  std::string out;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) return out;
  constexpr std::string_view digits = "0123456789abcdef";
  for (unsigned i = 0; i < size; ++i) {
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 15];
  }
  return out;
}

std::string subject_of(const X509& certificate) {
  std::string out;
  for (const auto& node : nodes_of(certificate)) out += (out.empty() ? "" : ", ") + node;
  return out.empty() ? to_text(X509_get_subject_name(&certificate)) : shown(std::move(out));
}

std::string issuer_of(const X509& certificate) { return to_text(X509_get_issuer_name(&certificate)); }

std::string issuer_of(const X509_CRL& list) { return to_text(X509_CRL_get_issuer(&list)); }

std::string to_date(const ASN1_TIME* time) {
  std::tm parts{};
  if (!to_tm(time, parts)) return {};
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

std::chrono::system_clock::time_point to_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (!to_tm(time, parts)) return {};
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

}  // namespace troupe::os
