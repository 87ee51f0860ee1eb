#include <troupe/base/bounded_text.hpp>

namespace troupe {

namespace {

/// How many bytes the character that begins with this one has; 1 for what begins none.
std::size_t bytes_of_character(unsigned char first) noexcept {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}

}  // namespace

void bounded_text::add(std::string_view text) { add_escaped(text, false); }

void bounded_text::add_quoted(std::string_view text) {
  add_whole("\"");
  add_escaped(text, true);
  add_whole("\"");
}

// All of the piece, or nothing and the mark.
bool bounded_text::add_whole(std::string_view piece) {
  if (full_) return false;
  if (text_.size() + piece.size() > max_) {
    full_ = true;
    text_ += "...";
    return false;
  }
  text_ += piece;
  return true;
}

void bounded_text::add_escaped(std::string_view text, bool in_quotes) {
  constexpr char digits[] = "0123456789abcdef";
  while (!text.empty() && !full_) {
    const auto byte = static_cast<unsigned char>(text.front());
    std::size_t taken = 1;
    if (byte < 0x20 || byte == 0x7f) {
      const char escaped[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
      add_whole(byte == '\n' ? "\\n" : byte == '\t' ? "\\t" : std::string_view{escaped, sizeof escaped});
    } else if (in_quotes && (byte == '"' || byte == '\\')) {
      const char escaped[] = {'\\', static_cast<char>(byte)};
      add_whole({escaped, sizeof escaped});
    } else {
      taken = bytes_of_character(byte);
      add_whole(text.substr(0, taken));
    }
    text.remove_prefix(taken < text.size() ? taken : text.size());
  }
}

}  // namespace troupe
