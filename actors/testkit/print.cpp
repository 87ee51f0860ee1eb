#include <array>
#include <troupe/testkit/print.hpp>
#include <utility>

namespace troupe::testkit {

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const auto part : parts) out.append(part);
  return out;
}

std::string in_quotes(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    if (out.size() > printed_bytes_max) break;  // it is cut anyway (PR2)
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string printed_blob(const blob& value) {
  constexpr std::size_t shown_max = 64;
  std::string out = "blob(" + in_quotes(value.text().substr(0, shown_max));
  if (value.size() > shown_max) out += ", and " + std::to_string(value.size() - shown_max) + " bytes more";
  return out + ")";
}

std::string printed_time(duration d) {
  static constexpr std::array<std::pair<duration, std::string_view>, 5> units = {{{hours{1}, "h"},
                                                                                  {seconds{1}, "s"},
                                                                                  {milliseconds{1}, "ms"},
                                                                                  {microseconds{1}, "us"},
                                                                                  {nanoseconds{1}, "ns"}}};
  if (d == duration::zero()) return "0s";
  for (const auto& [unit, name] : units)
    if (d % unit == duration::zero()) return std::to_string(d / unit) + std::string{name};
  return std::to_string(d.count()) + "ns";
}

std::string shortened(std::string text) {
  if (text.size() <= printed_bytes_max) return text;
  text.resize(printed_bytes_max);
  return text + "... (cut)";
}

}  // namespace troupe::testkit
