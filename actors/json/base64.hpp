// Bytes as text: base64 with the standard alphabet and padding (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// Appends the base64 form of `bytes` to `out`.
void append_base64(std::string& out, std::string_view bytes);

/// The bytes that `text` is the base64 form of; nothing when it is not exactly what `append_base64` writes: other
/// characters, missing padding, bits that are set behind the last byte. So every value has one text.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace troupe
