// A small, fast, seedable generator for decisions that must be replayable (jitter, victim choice). Not for
// secrets. Source: S. Vigna's splitmix64, the mixing step of Steele, Lea, Flood: Fast Splittable PRNGs
// (2014).
#pragma once

#include <cstdint>

namespace troupe {

/// One stream of pseudo-random numbers. Same seed, same numbers, on every machine (rule D1). Not thread-safe.
class prng {
 public:
  explicit constexpr prng(std::uint64_t seed) noexcept : state_(seed) {}

  /// The next 64 bits.
  constexpr std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }

  /// A number in [0, bound); 0 when `bound` is 0. The bias is below 2^-32 for bounds that fit 32 bits.
  constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    __extension__ using wide = unsigned __int128;
    return static_cast<std::uint64_t>((wide{next()} * bound) >> 64);
  }

  /// A number in [0, 1), with 53 random bits: exact in a double, so the same everywhere.
  constexpr double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace troupe
