// Text that came from outside, made safe to print: a mistake is reported as one line that a terminal shows as
// it is, whatever bytes were in the file, the variable or the argument. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::configuration {

/// The most bytes of a wrong value that an error line shows.
inline constexpr std::size_t shown_bytes_max = 80;

/// Where `text` stops being UTF-8 (no overlong forms, no surrogates, nothing past U+10FFFF); nothing if it
/// never does. Source: RFC 3629, section 4.
std::optional<std::size_t> find_invalid_utf8(std::string_view text) noexcept;

/// `text` on one line: control characters and bytes that are no UTF-8 are written as `\xNN`.
std::string printable(std::string_view text);

/// `printable(text)` in quotes, cut off after `shown_bytes_max` bytes.
std::string in_quotes(std::string_view text);

/// `text` as a TOML basic string, quotes and all. REQUIRES: it is UTF-8.
std::string toml_text(std::string_view text);

/// `name` as one part of a TOML key: bare where that is allowed, else as a basic string.
std::string toml_key(std::string_view name);

/// `text` without blanks at both ends.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace troupe::configuration
