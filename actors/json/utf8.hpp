// Whether a text is UTF-8: JSON is nothing else (RFC 8259, section 8.1), while a string of a message may hold any bytes.
#pragma once

#include <string_view>

namespace troupe {

/// True when `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF (Unicode, table 3-7).
/// Thread-safe.
bool is_utf8(std::string_view text) noexcept;

}  // namespace troupe
