// Random numbers that cost next to nothing, so that they are not what is measured.
#pragma once

#include <cstdint>

namespace bench {

/// The next number of a sequence; `state` is where it stands. Source: splitmix64 (Steele, Lea, Flood 2014).
inline std::uint64_t next_random(std::uint64_t& state) noexcept {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// A number below `limit`.
inline std::uint64_t random_below(std::uint64_t& state, std::uint64_t limit) noexcept {
  return next_random(state) % limit;
}

}  // namespace bench
