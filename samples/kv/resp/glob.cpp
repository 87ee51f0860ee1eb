#include "kv/resp/glob.hpp"

#include <cstddef>
#include <utility>

namespace kv::resp {
namespace {

constexpr unsigned char fold(char c, letter_case letters) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return letters == letter_case::ignored && byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte + 32)
                                                                       : byte;
}

// What one step of a pattern says about one byte of text.
struct step {
  bool matches;
  std::size_t size;  // bytes of the pattern it took
};

// `pattern` begins with '['.
step match_class(std::string_view pattern, unsigned char byte, letter_case letters) noexcept {
  std::size_t i = 1;
  const bool negated = i < pattern.size() && pattern[i] == '^';
  if (negated) ++i;
  bool found = false;
  for (; i < pattern.size() && pattern[i] != ']'; ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      ++i;
      found = found || fold(pattern[i], letters) == byte;
    } else if (i + 2 < pattern.size() && pattern[i + 1] == '-') {
      unsigned char low = fold(pattern[i], letters);
      unsigned char high = fold(pattern[i + 2], letters);
      if (low > high) std::swap(low, high);
      found = found || (low <= byte && byte <= high);
      i += 2;
    } else {
      found = found || fold(pattern[i], letters) == byte;
    }
  }
  return {found != negated, i < pattern.size() ? i + 1 : i};
}

// `pattern` is not empty and does not begin with '*'.
step match_one(std::string_view pattern, char c, letter_case letters) noexcept {
  const unsigned char byte = fold(c, letters);
  switch (pattern.front()) {
    case '?':
      return {true, 1};
    case '[':
      return match_class(pattern, byte, letters);
    case '\\':
      if (pattern.size() > 1) return {fold(pattern[1], letters) == byte, 2};
      [[fallthrough]];
    default:
      return {fold(pattern.front(), letters) == byte, 1};
  }
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text, letter_case letters) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t after_star = std::string_view::npos;  // the pattern behind the last '*', if there was one
  std::size_t star_end = 0;                         // where in the text that '*' stops taking
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_end = t;
      continue;
    }
    if (p < pattern.size()) {
      if (const step s = match_one(pattern.substr(p), text[t], letters); s.matches) {
        p += s.size;
        ++t;
        continue;
      }
    }
    if (after_star == std::string_view::npos) return false;
    if (after_star == pattern.size()) return true;
    p = after_star;
    t = ++star_end;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace kv::resp
