// FNV-1a, 64 bit: the one hash for names that cross a node boundary or a restart, so it must never change.
// Source: the FNV reference, http://www.isthe.com/chongo/tech/comp/fnv/ (offset basis and prime).
#pragma once

#include <cstdint>
#include <string_view>

namespace troupe {

/// The FNV-1a hash of `text`, optionally continuing from an earlier one. Stable across builds and machines.
constexpr std::uint64_t stable_hash(std::string_view text,
                                    std::uint64_t seed = 0xcbf29ce484222325ull) noexcept {
  for (char c : text) {
    seed ^= static_cast<unsigned char>(c);
    seed *= 0x100000001b3ull;
  }
  return seed;
}

}  // namespace troupe
