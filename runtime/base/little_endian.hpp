// Integers as little-endian bytes, whatever the machine's own order is (bytes.hpp, B1). Where it is that one, a single load or store: g++ 12
// makes a loop of eight steps of the same written byte by byte.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>

namespace troupe {

/// Writes `v` to the `sizeof(T)` bytes at `to`.
template <std::unsigned_integral T>
void store_little(char* to, T v) noexcept {
  if constexpr (std::endian::native == std::endian::little)
    std::memcpy(to, &v, sizeof v);
  else
    for (std::size_t i = 0; i < sizeof v; ++i) to[i] = static_cast<char>(v >> (8 * i));
}

/// What `store_little` wrote to the `sizeof(T)` bytes at `from`.
template <std::unsigned_integral T>
T load_little(const char* from) noexcept {
  T v = 0;
  if constexpr (std::endian::native == std::endian::little)
    std::memcpy(&v, from, sizeof v);
  else
    for (std::size_t i = 0; i < sizeof v; ++i)
      v = static_cast<T>(v | static_cast<T>(static_cast<T>(static_cast<unsigned char>(from[i])) << (8 * i)));
  return v;
}

}  // namespace troupe
