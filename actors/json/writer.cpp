#include <charconv>
#include <cmath>
#include <troupe/json/base64.hpp>
#include <troupe/json/writer.hpp>

namespace troupe {

void json_writer::new_line() {
  if (style_ == json_style::compact) return;
  *out_ += '\n';
  out_->append(2 * depth_, ' ');
}

void json_writer::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (comma_) *out_ += ',';
  if (depth_ > 0) new_line();
}

void json_writer::begin(char bracket) {
  before_value();
  *out_ += bracket;
  ++depth_;
  comma_ = false;
}

void json_writer::end(char bracket) {
  --depth_;
  // Nothing stands between the brackets of an empty one.
  if (comma_) new_line();
  *out_ += bracket;
  comma_ = true;
}

void json_writer::key(std::string_view name) {
  before_value();
  quoted(name);
  *out_ += style_ == json_style::compact ? ":" : ": ";
  after_key_ = true;
}

void json_writer::plain(std::string_view text) {
  before_value();
  *out_ += text;
  comma_ = true;
}

void json_writer::integer(std::int64_t v) {
  char digits[24];
  plain({digits, static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, v).ptr - digits)});
}

void json_writer::natural(std::uint64_t v) {
  char digits[24];
  plain({digits, static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, v).ptr - digits)});
}

template <class F>
void json_writer::floating(F v) {
  if (std::isnan(v)) return string("NaN");
  if (std::isinf(v)) return string(v > 0 ? "Infinity" : "-Infinity");
  char digits[64];
  plain({digits, static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, v).ptr - digits)});
}

void json_writer::number(double v) { floating(v); }
void json_writer::number(float v) { floating(v); }

void json_writer::string(std::string_view utf8) {
  before_value();
  quoted(utf8);
  comma_ = true;
}

void json_writer::base64(std::string_view bytes) {
  before_value();
  *out_ += '"';
  append_base64(*out_, bytes);
  *out_ += '"';
  comma_ = true;
}

void json_writer::quoted(std::string_view utf8) {
  *out_ += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out_->append(utf8.substr(from, i - from));
    from = i + 1;
    switch (c) {
      case '\n':
        *out_ += "\\n";
        break;
      case '\r':
        *out_ += "\\r";
        break;
      case '\t':
        *out_ += "\\t";
        break;
      case '"':
      case '\\':
        *out_ += '\\';
        *out_ += static_cast<char>(c);
        break;
      default:
        constexpr std::string_view hex = "0123456789abcdef";
        *out_ += "\\u00";
        *out_ += hex[c >> 4];
        *out_ += hex[c & 15];
        break;
    }
  }
  out_->append(utf8.substr(from));
  *out_ += '"';
}

}  // namespace troupe
