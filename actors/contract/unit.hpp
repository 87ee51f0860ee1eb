// The reply of a handler that returns nothing.
#pragma once

#include <string_view>
#include <troupe/contract/codec.hpp>

namespace troupe {

/// A value that says only "done". It takes no bytes.
struct unit {
  friend constexpr bool operator==(unit, unit) noexcept { return true; }
};

/// No bytes.
template <>
struct codec<unit> {
  static constexpr std::string_view type_name = "unit";
  static constexpr std::size_t least_bytes = 0;
  static void encode(byte_writer&, unit) {}
  static bool decode(byte_reader& from, unit&) noexcept { return from.ok(); }
};

}  // namespace troupe
