#include <charconv>
#include <troupe/config/quantity.hpp>
#include <troupe/config/text.hpp>
#include <troupe/config/value.hpp>

namespace troupe {

namespace {

using configuration::toml_key;
using configuration::toml_text;

std::string shortest(double v) {
  char digits[32];
  std::string out{digits, std::to_chars(digits, digits + sizeof digits, v).ptr};
  // Still a real when it is whole: a sentence must not call 1.0 an integer. Exponents, inf and nan have
  // letters.
  if (out.find_first_of(".einf") == std::string::npos) out += ".0";
  return out;
}

// One overload a stored type; the ones that differ between file and sentence are handled by the callers.
struct written {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool v) const { return v ? "true" : "false"; }
  std::string operator()(std::int64_t v) const { return std::to_string(v); }
  std::string operator()(double v) const { return shortest(v); }
  std::string operator()(const std::string& v) const { return toml_text(v); }
  std::string operator()(duration v) const { return to_text(v); }
  std::string operator()(byte_count v) const { return to_text(v); }
  std::string operator()(const config_list& v) const {
    std::string out = "[";
    for (const auto& item : v) out += (out.size() > 1 ? ", " : "") + toml_text(item);
    return out + "]";
  }
  std::string operator()(const config_table& v) const {
    std::string out = "{";
    for (const auto& [name, text] : v)
      out += (out.size() > 1 ? ", " : " ") + toml_key(name) + " = " + toml_text(text);
    return out + (v.empty() ? "}" : " }");
  }
};

}  // namespace

std::string_view to_string(config_kind kind) noexcept {
  switch (kind) {
    case config_kind::boolean:
      return "BOOLEAN";
    case config_kind::integer:
      return "INTEGER";
    case config_kind::real:
      return "NUMBER";
    case config_kind::text:
      return "TEXT";
    case config_kind::timespan:
      return "DURATION";
    case config_kind::bytes:
      return "BYTES";
    case config_kind::list:
      return "LIST";
    case config_kind::choice:
      return "CHOICE";
    case config_kind::table:
      return "TABLE";
  }
  return "UNKNOWN";
}

config_value empty_value(config_kind kind) {
  switch (kind) {
    case config_kind::boolean:
      return false;
    case config_kind::integer:
      return std::int64_t{0};
    case config_kind::real:
      return 0.0;
    case config_kind::text:
    case config_kind::choice:
      return std::string{};
    case config_kind::timespan:
      return duration{0};
    case config_kind::bytes:
      return byte_count{0};
    case config_kind::list:
      return config_list{};
    case config_kind::table:
      return config_table{};
  }
  return {};
}

bool has_kind(const config_value& value, config_kind kind) noexcept {
  return value.index() == empty_value(kind).index();
}

std::string to_toml(const config_value& value) {
  const std::string plain = to_plain(value);
  const bool quoted = std::holds_alternative<duration>(value) || std::holds_alternative<byte_count>(value);
  return quoted ? '"' + plain + '"' : plain;
}

std::string to_plain(const config_value& value) { return std::visit(written{}, value); }

}  // namespace troupe
