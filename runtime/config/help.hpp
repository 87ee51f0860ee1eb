// What `--help` and `--print-config` print. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <troupe/config/config.hpp>
#include <troupe/config/schema.hpp>

namespace troupe {

/// All keys with type, help, range, default and environment name, in the order of the schema. Ends with a
/// newline.
std::string config_help(std::string_view program, const config_schema& schema);

/// All settings in effect, one line each: `listen.port = 6379  # kv.toml:7`. It is TOML, so it can be used as
/// a file.
std::string config_listing(const config& settings);

}  // namespace troupe
