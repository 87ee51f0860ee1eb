// Reading the one file a program is told to read: the only place of this room that touches the world on its
// own. What the text means is not its business.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>

namespace troupe {

/// The largest configuration file.
inline constexpr std::size_t config_file_bytes_max = std::size_t{1} << 20;

/// Reads a file whole. Fails with `not_found`, with `invalid` for a directory or a file past
/// `config_file_bytes_max`, with `io` when it can't be read; the text starts with the name. Blocks;
/// thread-safe.
result<std::string> read_config_file(const std::string& name);

namespace configuration {

/// The error text for a file past `config_file_bytes_max`.
std::string too_large_text(std::string_view name);

}  // namespace configuration

}  // namespace troupe
