// How much a log line matters.
#pragma once

#include <cstdint>
#include <string_view>

namespace troupe {

/// How much a log line matters.
enum class log_level : std::uint8_t { debug, info, warning, error };

/// The name of a level; `log_level_from_string` is its inverse (`info` for an unknown name).
std::string_view to_string(log_level level) noexcept;
/// The level of that name.
log_level log_level_from_string(std::string_view name) noexcept;

}  // namespace troupe
