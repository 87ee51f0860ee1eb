#include <charconv>
#include <troupe/base/limits.hpp>
#include <troupe/cell/ref_token.hpp>

namespace troupe {

namespace {

constexpr std::string_view escaped_bytes = "%:@/!";
constexpr std::string_view hex_digits = "0123456789abcdef";

/// All of `text` as a number without a sign that is not 0.
std::optional<std::uint64_t> number_of(std::string_view text, int base) {
  std::uint64_t n = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), n, base);
  if (code != std::errc{} || end != text.data() + text.size() || n == 0) return std::nullopt;
  return n;
}

/// Digits of a number of 64 bits, in decimal at the most.
constexpr std::size_t digits_max = 20;

char* write_number(char* to, std::uint64_t n, int base) noexcept {
  return std::to_chars(to, to + digits_max, n, base).ptr;
}

std::optional<std::string> unescaped(std::string_view text) {
  if (text.find('%') == std::string_view::npos) {
    if (text.size() > limits::name_bytes_max) return std::nullopt;
    return std::string{text};
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto byte = number_of(text.substr(i + 1, 2), 16);
    if (!byte) return std::nullopt;
    out += static_cast<char>(*byte);
    i += 2;
  }
  if (out.size() > limits::name_bytes_max) return std::nullopt;
  return out;
}

bool is_path(std::string_view path) {
  if (path == "/") return true;  // the root's
  if (!path.starts_with('/')) return false;
  for (std::size_t depth = 0; !path.empty(); ++depth) {
    path.remove_prefix(1);
    const std::size_t length = path.substr(0, path.find('/')).size();
    if (length == 0 || length > limits::name_bytes_max || depth == limits::path_depth_max) return false;
    path.remove_prefix(length);
  }
  return true;
}

}  // namespace

std::optional<ref_token> parse_local_token(std::string_view text) {
  if (text.size() > limits::ref_token_bytes_max) return std::nullopt;
  ref_token out;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view front = text.substr(0, slash);
  const std::size_t dash = front.find('-');
  if (dash != 0 && slash != 0) {
    const auto number = number_of(front.substr(0, dash), 10);
    if (!number) return std::nullopt;
    out.number = *number;
  }
  if (dash != std::string_view::npos) {
    const auto seal = number_of(front.substr(dash + 1), 16);
    if (!seal) return std::nullopt;
    out.seal = *seal;
  }
  out.path = text.substr(slash);
  if (!is_path(out.path)) return std::nullopt;
  return out;
}

std::optional<ref_token> ref_token::parse(std::string_view text) {
  if (text.size() > limits::ref_token_bytes_max || text.starts_with('!')) return std::nullopt;
  const std::size_t slash = text.find('/');
  const std::size_t colon = text.substr(0, slash).rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto out = parse_local_token(text.substr(colon + 1));
  if (!out) return std::nullopt;
  const std::string_view front = text.substr(0, colon);
  const std::size_t at = front.find('@');
  const auto node = unescaped(front.substr(0, at));
  // A number means something together with the run it was given in, and a path for every run.
  if (!node || (at == std::string_view::npos) != (out->number == 0)) return std::nullopt;
  out->node = *node;
  if (at != std::string_view::npos) {
    const auto incarnation = number_of(front.substr(at + 1), 16);
    if (!incarnation) return std::nullopt;
    out->incarnation = *incarnation;
  }
  return out;
}

std::string local_token(std::uint64_t number, std::uint64_t seal, std::string_view path) {
  char front[2 * digits_max + 1];
  char* end = front;
  if (number != 0) end = write_number(end, number, 10);
  if (seal != 0) {
    *end++ = '-';
    end = write_number(end, seal, 16);
  }
  std::string out;
  out.reserve(static_cast<std::size_t>(end - front) + path.size());
  return out.append(front, end).append(path);
}

std::string without_seal(std::string_view token) {
  const std::size_t slash = token.find('/');
  const std::size_t colon = token.substr(0, slash).rfind(':');
  const std::size_t dash = token.substr(0, slash).rfind('-');
  // A name of a node may have a dash.
  if (slash == std::string_view::npos || token.starts_with('!') || colon == std::string_view::npos ||
      dash == std::string_view::npos || dash < colon)
    return std::string{token};
  return std::string{token.substr(0, dash)} + std::string{token.substr(slash)};
}

std::string token_front(std::string_view node, std::uint64_t incarnation) {
  std::string out;
  out.reserve(node.size() + digits_max + 2);
  for (const char c : node) {
    if (escaped_bytes.find(c) == std::string_view::npos) {
      out += c;
      continue;
    }
    out += '%';
    out += hex_digits[static_cast<unsigned char>(c) >> 4];
    out += hex_digits[static_cast<unsigned char>(c) & 15];
  }
  if (incarnation != 0) {
    char digits[digits_max];
    out += '@';
    out.append(digits, write_number(digits, incarnation, 16));
  }
  out += ':';
  return out;
}

}  // namespace troupe
