// Writes RESP2 replies to the end of a string, so that the replies of a pipeline leave in one write.
// Thread-safe as far as the string is: each call touches only its arguments.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kv::resp {

namespace detail {

// One line of RESP: what would end it early becomes a blank, as in Redis, so that a text can't forge a second
// reply.
inline void append_line(std::string& out, char type, std::string_view text) {
  out.push_back(type);
  for (const char c : text) out.push_back(c == '\r' || c == '\n' ? ' ' : c);
  out.append("\r\n");
}

inline void append_number(std::string& out, char type, std::int64_t value) {
  char text[24];
  const auto [end, code] = std::to_chars(text, text + sizeof text, value);
  static_cast<void>(code);  // 24 bytes hold every 64-bit number
  out.push_back(type);
  out.append(text, end);
  out.append("\r\n");
}

}  // namespace detail

/// `+OK`. Line ends in `text` become blanks.
inline void append_simple(std::string& out, std::string_view text) { detail::append_line(out, '+', text); }

/// `-ERR no such thing`. `text` starts with its code; line ends in it become blanks.
inline void append_error(std::string& out, std::string_view text) { detail::append_line(out, '-', text); }

/// `:42`.
inline void append_integer(std::string& out, std::int64_t value) { detail::append_number(out, ':', value); }

/// `$3` and any bytes.
inline void append_bulk(std::string& out, std::string_view bytes) {
  detail::append_number(out, '$', static_cast<std::int64_t>(bytes.size()));
  out.append(bytes);
  out.append("\r\n");
}

/// `$-1`: there is no such value.
inline void append_null_bulk(std::string& out) { out.append("$-1\r\n"); }

/// The value, or that there is none.
inline void append_bulk_or_null(std::string& out, const std::optional<std::string>& value) {
  if (value)
    append_bulk(out, *value);
  else
    append_null_bulk(out);
}

/// `*3`: that many replies follow, and the caller appends them.
inline void append_array(std::string& out, std::size_t count) {
  detail::append_number(out, '*', static_cast<std::int64_t>(count));
}

}  // namespace kv::resp
