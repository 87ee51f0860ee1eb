#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <troupe/base/units.hpp>
#include <troupe/os/os_clock.hpp>
#include <troupe/os/tls_ciphers.hpp>
#include <vector>

namespace troupe::os {
namespace {

struct candidate {
  const char* suite;
  const EVP_CIPHER* cipher;
  duration took = duration::max();
};

// The best of a few: what an interrupt takes is not the cipher's.
duration time_of(const EVP_CIPHER* cipher) {
  constexpr int rounds = 5;
  constexpr int record_bytes = 16 << 10;
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> ctx{EVP_CIPHER_CTX_new(),
                                                                            &EVP_CIPHER_CTX_free};
  const std::array<unsigned char, 32> key{};
  const std::array<unsigned char, 12> nonce{};
  std::vector<unsigned char> in(record_bytes), out(record_bytes + 16);
  duration best = duration::max();
  if (!ctx || EVP_EncryptInit_ex(ctx.get(), cipher, nullptr, key.data(), nonce.data()) != 1) return best;
  for (int i = 0; i < rounds; ++i) {
    int written = 0;
    const time_point begun = monotonic_now();
    if (EVP_EncryptInit_ex(ctx.get(), nullptr, nullptr, nullptr, nonce.data()) != 1 ||
        EVP_EncryptUpdate(ctx.get(), out.data(), &written, in.data(), record_bytes) != 1)
      return duration::max();
    best = std::min(best, duration{monotonic_now() - begun});
  }
  return best;
}

std::string measure() {
  std::array<candidate, 3> all{{{"TLS_AES_128_GCM_SHA256", EVP_aes_128_gcm()},
                                {"TLS_AES_256_GCM_SHA384", EVP_aes_256_gcm()},
                                {"TLS_CHACHA20_POLY1305_SHA256", EVP_chacha20_poly1305()}}};
  for (candidate& c : all) c.took = time_of(c.cipher);
  std::stable_sort(all.begin(), all.end(),
                   [](const candidate& a, const candidate& b) { return a.took < b.took; });
  std::string out;
  for (const candidate& c : all) out += (out.empty() ? "" : ":") + std::string{c.suite};
  return out;
}

}  // namespace

const std::string& ciphers_by_speed() {
  static const std::string order = measure();
  return order;
}

}  // namespace troupe::os
