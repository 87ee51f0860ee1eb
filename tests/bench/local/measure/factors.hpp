// The work of `mixed`: a number with two large prime factors is taken apart by trial division.
#pragma once

#include <cstdint>

namespace bench {

/// A number's smallest factor above 1, and what is left.
struct two_factors {
  std::uint64_t first;
  std::uint64_t second;
};

/// Takes `n` apart. REQUIRES: `n` is odd.
inline two_factors factorize(std::uint64_t n) noexcept {
  for (std::uint64_t d = 3; d * d <= n; d += 2)
    if (n % d == 0) return {d, n / d};
  return {1, n};
}

}  // namespace bench
