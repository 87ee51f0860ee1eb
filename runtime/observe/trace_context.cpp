#include <array>
#include <charconv>
#include <troupe/observe/trace_context.hpp>

namespace troupe {

namespace {

constexpr std::size_t digits_of_u64 = 16;

void add_hex(std::string& out, std::uint64_t value, std::size_t digits) {
  constexpr char names[] = "0123456789abcdef";
  while (digits-- > 0) out += names[(value >> (4 * digits)) & 15];
}

/// Reads lower case hexadecimal digits, all of them.
bool read_hex(std::string_view text, std::uint64_t& value) {
  for (const char c : text)
    if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) return false;
  return std::from_chars(text.data(), text.data() + text.size(), value, 16).ec == std::errc{};
}

}  // namespace

std::string trace_id(const trace_context& t) {
  std::string out;
  add_hex(out, t.high, digits_of_u64);
  add_hex(out, t.low, digits_of_u64);
  return out;
}

std::string to_string(const trace_context& t) {
  if (!t) return {};
  std::string out = trace_id(t) + "/";
  add_hex(out, t.span, digits_of_u64);
  return out;
}

std::string to_traceparent(const trace_context& t) {
  std::string out = "00-" + trace_id(t) + "-";
  add_hex(out, t.span, digits_of_u64);
  out += '-';
  add_hex(out, t.flags, 2);
  return out;
}

result<trace_context> trace_from(std::string_view header) {
  constexpr std::size_t whole = 55;  // 2 + 1 + 32 + 1 + 16 + 1 + 2
  const auto no = [&](std::string_view why) {
    return error{errc::invalid,
                 "'" + std::string{header.substr(0, 2 * whole)} + "' is no traceparent: " + std::string{why}};
  };
  if (header.size() < whole || header[2] != '-' || header[35] != '-' || header[52] != '-')
    return no("expected 00-, 32 digits, -, 16 digits, -, 2 digits");
  std::uint64_t version = 0, flags = 0;
  trace_context t;
  if (!read_hex(header.substr(0, 2), version) || !read_hex(header.substr(3, 16), t.high) ||
      !read_hex(header.substr(19, 16), t.low) || !read_hex(header.substr(36, 16), t.span) ||
      !read_hex(header.substr(53, 2), flags))
    return no("expected hexadecimal digits, in lower case");
  if (version == 0xff) return no("version ff is none");
  if (version == 0 ? header.size() != whole : header.size() > whole && header[whole] != '-')
    return no("something follows the flags");
  if (!t) return no("the trace id is 0");
  if (t.span == 0) return no("the span is 0");
  t.flags = static_cast<std::uint8_t>(flags);
  return t;
}

}  // namespace troupe
