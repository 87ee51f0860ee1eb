// What arrives when the other side speaks another language.
#pragma once

#include <string_view>

namespace troupe::wire {

/// Whether a stream that begins so is TLS (RFC 8446, 5.1: a handshake or alert record). No stream of frames is taken for it: as a frame's
/// length these bytes say more than a handshake may have. False for fewer than three bytes. Pure.
constexpr bool looks_like_tls(std::string_view first) noexcept {
  return first.size() >= 3 && (first[0] == 0x16 || first[0] == 0x15) && first[1] == 3 && first[2] >= 1 &&
         first[2] <= 4;
}

}  // namespace troupe::wire
