// A hash that only who has the key can make: for marks that others keep for us and hand back.
// Source: J.-P. Aumasson, D. J. Bernstein: SipHash, a fast short-input PRF, INDOCRYPT 2012 (SipHash-2-4).
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

namespace troupe {

/// The key: 128 random bits that stay with who drew them.
struct hash_key {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

/// The SipHash-2-4 of `text` under `key`. The same on every machine.
constexpr std::uint64_t keyed_hash(hash_key key, std::string_view text) noexcept {
  std::uint64_t a = key.low ^ 0x736f6d6570736575u, b = key.high ^ 0x646f72616e646f6du;
  std::uint64_t c = key.low ^ 0x6c7967656e657261u, d = key.high ^ 0x7465646279746573u;
  const auto rounds = [&](int n) {
    for (; n > 0; --n) {
      a += b, b = std::rotl(b, 13) ^ a, a = std::rotl(a, 32);
      c += d, d = std::rotl(d, 16) ^ c;
      a += d, d = std::rotl(d, 21) ^ a;
      c += b, b = std::rotl(b, 17) ^ c, c = std::rotl(c, 32);
    }
  };
  // The last word has what is left, and the length in its highest byte.
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * (i % 8));
    if (i % 8 != 7) continue;
    d ^= word;
    rounds(2);
    a ^= word;
    word = 0;
  }
  word |= std::uint64_t{text.size()} << 56;
  d ^= word;
  rounds(2);
  a ^= word;
  c ^= 0xff;
  rounds(4);
  return a ^ b ^ c ^ d;
}

}  // namespace troupe
