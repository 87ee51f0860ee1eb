#include <cstddef>
#include <cstdint>
#include <troupe/json/utf8.hpp>

namespace troupe {

namespace {

/// How many bytes follow a first byte, and what the first of those may be; the others are 80 to BF.
struct lead {
  std::size_t following;
  std::uint8_t low;
  std::uint8_t high;
};

/// The row of the table for `first`; `low` is above `high` where no character begins so.
constexpr lead lead_of(std::uint8_t first) noexcept {
  if (first >= 0xc2 && first <= 0xdf) return {1, 0x80, 0xbf};
  if (first == 0xe0) return {2, 0xa0, 0xbf};
  if (first == 0xed) return {2, 0x80, 0x9f};
  if (first >= 0xe1 && first <= 0xef) return {2, 0x80, 0xbf};
  if (first == 0xf0) return {3, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {3, 0x80, 0xbf};
  if (first == 0xf4) return {3, 0x80, 0x8f};
  return {0, 1, 0};
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    if (byte(i) < 0x80) {
      ++i;
      continue;
    }
    const lead row = lead_of(byte(i));
    if (row.low > row.high || text.size() - i <= row.following) return false;
    if (byte(i + 1) < row.low || byte(i + 1) > row.high) return false;
    for (std::size_t k = 2; k <= row.following; ++k)
      if (byte(i + k) < 0x80 || byte(i + k) > 0xbf) return false;
    i += row.following + 1;
  }
  return true;
}

}  // namespace troupe
