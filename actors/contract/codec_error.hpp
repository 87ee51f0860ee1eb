// The wire form of errors, so that a failed ask can name its reason on another node. A code is written by
// name: a node that does not know it yet reads `errc::invalid`, and the text still says what happened.
#pragma once

#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/contract/codec.hpp>
#include <troupe/contract/codec_struct.hpp>

namespace troupe {

/// The name of the code, as text.
template <>
struct codec<errc> {
  static constexpr std::string_view type_name = "errc";
  static void encode(byte_writer& to, errc v) { to.bytes(to_string(v)); }
  static bool decode(byte_reader& from, errc& v) noexcept {
    v = errc_from_string(from.bytes());
    return from.ok();
  }
};

TROUPE_CONTRACT(error, "troupe.error", 1, code, text, type, path)
/// Where it was thrown stays behind: addresses of a program mean nothing in another.
template <>
inline constexpr bool contract_leaves_out<error> = true;

}  // namespace troupe
