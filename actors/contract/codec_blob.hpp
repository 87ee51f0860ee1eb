// The codec of blobs: the bytes of a list of bytes, so that a field may become the other in a later version (BL3).
#pragma once

#include <cstddef>
#include <troupe/base/blob.hpp>
#include <troupe/base/bytes.hpp>
#include <troupe/contract/codec.hpp>

namespace troupe {

class bounded_text;

/// Shows how many bytes there are, not which (PT1).
void troupe_print(bounded_text& to, const blob& v);

/// A length, then the bytes (B6, B7).
template <>
struct codec<blob> {
  static constexpr std::string_view type_name = "bytes";
  static void encode(byte_writer& to, const blob& v) { to.shared(v); }
  static bool decode(byte_reader& from, blob& v) {
    v = from.shared();
    return from.ok();
  }
  static std::size_t bulk(const blob& v) noexcept { return v.size(); }
};

}  // namespace troupe
