#include <cstddef>
#include <troupe/schema/spelling.hpp>

namespace troupe::schema {

namespace {

constexpr std::size_t depth_max = 64;

/// Reads one spelling from the front of `text`. False when there is none.
bool read(std::string_view& text, spelling& out, std::size_t depth) {
  if (depth > depth_max) return false;
  const std::size_t end = text.find_first_of("<,>");
  out.name = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  if (!text.starts_with('<')) return !out.name.empty();
  text.remove_prefix(1);
  // tuple<> has nothing inside.
  while (!text.starts_with('>')) {
    if (!read(text, out.parts.emplace_back(), depth + 1)) return false;
    if (text.starts_with(','))
      text.remove_prefix(1);
    else if (!text.starts_with('>'))
      return false;
  }
  text.remove_prefix(1);
  return !out.name.empty();
}

}  // namespace

spelling take_apart(std::string_view text) {
  spelling out;
  std::string_view rest = text;
  if (read(rest, out, 0) && rest.empty()) return out;
  return {std::string{text}, {}};
}

}  // namespace troupe::schema
