// Durations and sizes as people write them: "250ms", "5s", "2min", "1h"; "64KiB", "16MiB", "1GiB" or plain
// bytes. One whole number and one unit, without a space: what has one way to be written can't be misread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/units.hpp>
#include <troupe/config/value.hpp>

namespace troupe {

/// Reads a duration in ns, us, ms, s, min or h. Nothing when it is not one, is negative, or exceeds 292
/// years. Pure.
std::optional<duration> duration_from_text(std::string_view text) noexcept;

/// Reads a size in B (or no unit), KiB, MiB, GiB or TiB. Nothing when it is not one or exceeds 2^63 - 1
/// bytes. Pure.
std::optional<byte_count> bytes_from_text(std::string_view text) noexcept;

/// The duration in the largest unit that divides it: 90s, not 1.5min. `duration_from_text` reads it back.
/// Pure.
std::string to_text(duration d);

/// The size in the largest unit that divides it: `64KiB`. `bytes_from_text` reads it back. Pure.
std::string to_text(byte_count b);

}  // namespace troupe
