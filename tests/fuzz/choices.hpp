// Bytes as choices, for what is fuzzed by what happens to it and not by what it reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace fuzz {

/// Ends the process where something does not hold: what libFuzzer takes for a finding.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// One choice after the other; zeros when there are no bytes any more. Not thread-safe.
class choices {
 public:
  choices(const std::uint8_t* data, std::size_t size) : left_(reinterpret_cast<const char*>(data), size) {}

  /// Whether there are any left.
  bool any() const noexcept { return !left_.empty(); }
  /// A number in [0, `bound`): of one byte where that is enough, else of four.
  std::uint64_t below(std::uint64_t bound) noexcept { return take(bound <= 256 ? 1 : 4) % bound; }
  /// Any number.
  std::uint64_t next() noexcept { return take(8); }
  /// So many bytes, or what is left.
  std::string_view bytes(std::size_t count) noexcept {
    const std::string_view out = left_.substr(0, count);
    left_.remove_prefix(out.size());
    return out;
  }

 private:
  std::uint64_t take(std::size_t count) noexcept {
    std::uint64_t out = 0;
    for (const char c : bytes(count)) out = out << 8 | static_cast<std::uint8_t>(c);
    return out;
  }

  std::string_view left_;
};

}  // namespace fuzz
