#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <limits>
#include <troupe/json/document.hpp>
#include <troupe/json/writer.hpp>
#include <utility>

namespace troupe {

namespace {

using boost::json::error_code;
using boost::json::string_view;
using detail::json_node;

/// What the parser calls: it appends nodes, and closes what it opened.
struct builder {
  // The text as a whole is bounded, so its parts need no bounds of their own.
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  explicit builder(std::size_t most) : values_max(most) {}

  std::size_t values_max;
  bool too_many = false;
  std::vector<json_node> nodes;
  std::vector<std::size_t> open;
  std::string text;
  std::size_t part = 0;  // where the text of the string or number that is coming in pieces began

  bool add(json_kind kind, error_code& ec, bool truth = false) {
    if (nodes.size() >= values_max) {
      too_many = true;
      ec = boost::json::error::array_too_large;
      return false;
    }
    json_node made;
    made.kind = kind;
    made.truth = truth;
    nodes.push_back(made);
    return true;
  }

  bool begin(json_kind kind, error_code& ec) {
    open.push_back(nodes.size());
    return add(kind, ec);
  }

  bool end(std::size_t count) {
    json_node& node = nodes[open.back()];
    node.nodes = static_cast<std::uint32_t>(nodes.size() - open.back());
    node.size = static_cast<std::uint32_t>(count);
    open.pop_back();
    return true;
  }

  bool more(string_view piece) {
    text.append(piece.data(), piece.size());
    return true;
  }

  bool add_text(json_kind kind, string_view last, error_code& ec) {
    more(last);
    if (!add(kind, ec)) return false;
    nodes.back().text = static_cast<std::uint32_t>(part);
    nodes.back().size = static_cast<std::uint32_t>(text.size() - part);
    part = text.size();
    return true;
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_array_begin(error_code& ec) { return begin(json_kind::array, ec); }
  bool on_array_end(std::size_t n, error_code&) { return end(n); }
  bool on_object_begin(error_code& ec) { return begin(json_kind::object, ec); }
  bool on_object_end(std::size_t n, error_code&) { return end(n); }
  bool on_key_part(string_view s, std::size_t, error_code&) { return more(s); }
  bool on_key(string_view s, std::size_t, error_code& ec) { return add_text(json_kind::string, s, ec); }
  bool on_string_part(string_view s, std::size_t, error_code&) { return more(s); }
  bool on_string(string_view s, std::size_t, error_code& ec) { return add_text(json_kind::string, s, ec); }
  bool on_number_part(string_view s, error_code&) { return more(s); }
  bool on_int64(std::int64_t, string_view s, error_code& ec) { return add_text(json_kind::number, s, ec); }
  bool on_uint64(std::uint64_t, string_view s, error_code& ec) { return add_text(json_kind::number, s, ec); }
  // Boost 1.81 may miss the nearest double by one place, so its number is not used (JD3).
  bool on_double(double, string_view s, error_code& ec) { return add_text(json_kind::number, s, ec); }
  bool on_bool(bool v, error_code& ec) { return add(json_kind::boolean, ec, v); }
  bool on_null(error_code& ec) { return add(json_kind::null, ec); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }
};

/// `line 3, column 7`, counted from 1, columns in bytes.
std::string place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_end = before.rfind('\n');
  const std::size_t column = offset - (line_end == std::string_view::npos ? 0 : line_end + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

error refused(std::string why) { return {errc::decode_error, std::move(why)}; }

}  // namespace

result<json_document> json_document::parse(std::string_view text, const json_limits& limits) {
  constexpr std::size_t offset_max = std::numeric_limits<std::uint32_t>::max();
  const std::size_t bytes_max = std::min(limits.bytes_max, offset_max);
  if (text.size() > bytes_max)
    return refused("a JSON text of " + std::to_string(text.size()) + " bytes; at most " +
                   std::to_string(bytes_max) + " are read");
  boost::json::parse_options options;
  options.max_depth = limits.depth_max;
  boost::json::basic_parser<builder> parser{options, std::min(limits.values_max, offset_max)};
  error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  builder& built = parser.handler();
  if (built.too_many)
    return refused("a JSON text of more than " + std::to_string(limits.values_max) + " values and keys");
  if (ec == boost::json::error::too_deep)
    return refused("lists and objects nested deeper than " + std::to_string(limits.depth_max));
  if (ec == boost::json::error::incomplete) return refused("the JSON text ends too early");
  if (ec) return refused("not JSON at " + place(text, used) + ": " + ec.message());
  if (used < text.size()) return refused("text behind the JSON value at " + place(text, used));
  return json_document{std::move(built.nodes), std::move(built.text)};
}

std::string json_value::in_words() const {
  constexpr std::size_t most = 40;
  switch (kind()) {
    case json_kind::null:
      return "null";
    case json_kind::boolean:
      return truth() ? "true" : "false";
    case json_kind::number:
      return "the number " + std::string{text().substr(0, most)} + (text().size() > most ? "..." : "");
    case json_kind::string: {
      // Cut where a character ends, so that what is printed is UTF-8.
      std::size_t n = std::min(text().size(), most);
      while (n < text().size() && n > 0 && (static_cast<unsigned char>(text()[n]) & 0xc0) == 0x80) --n;
      std::string quoted;
      json_writer{quoted}.string(text().substr(0, n));
      return "the string " + quoted + (n < text().size() ? "..." : "");
    }
    case json_kind::array:
      return "a list of " + std::to_string(size());
    case json_kind::object:
      break;
  }
  return "an object of " + std::to_string(size());
}

}  // namespace troupe
