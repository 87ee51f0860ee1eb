// The kinds of value a setting can have, and how they are written. Plain values: thread-safe as any value is.
//
// Rules
//  V1 Kind and stored type belong together: boolean bool, integer std::int64_t, real double, text and choice
//     std::string, timespan troupe::duration, bytes byte_count, list config_list, table config_table.
//  V2 `to_toml` writes what the file's parser reads back as the same value, so a printed configuration is a
//     file.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <troupe/base/units.hpp>
#include <variant>
#include <vector>

namespace troupe {

/// What a setting is, which decides how it may be written.
enum class config_kind : std::uint8_t {
  boolean,   ///< true or false
  integer,   ///< a whole number of 64 bits, signed
  real,      ///< a finite number
  text,      ///< any text
  timespan,  ///< a duration: 250ms, 5s, 2min, 1h
  bytes,     ///< a size: 65536, 64KiB, 16MiB, 1GiB
  list,      ///< texts in order
  choice,    ///< one text out of a fixed set
  table,     ///< texts by name, such as the addresses of peers
};

/// A number of bytes; at most 2^63 - 1, so that it can be written as a TOML integer.
struct byte_count {
  /// `count` bytes. Implicit, so that a literal such as `64_KiB` is one.
  constexpr byte_count(std::uint64_t count = 0) noexcept : n(count) {}

  std::uint64_t n;  ///< how many

  /// By number.
  friend auto operator<=>(const byte_count&, const byte_count&) = default;
};

/// Texts in order.
using config_list = std::vector<std::string>;

/// Texts by name, sorted by name.
using config_table = std::map<std::string, std::string>;

/// One value of any kind (V1); `std::monostate` stands for "none".
using config_value = std::variant<std::monostate, bool, std::int64_t, double, std::string, duration,
                                  byte_count, config_list, config_table>;

/// The kind as help prints it: `INTEGER`.
std::string_view to_string(config_kind kind) noexcept;

/// Whether `value` has the type that belongs to `kind` (V1).
bool has_kind(const config_value& value, config_kind kind) noexcept;

/// The value a setting of that kind has when nobody gave it one: false, 0, "", or no items.
config_value empty_value(config_kind kind);

/// The value as it is written in the file (V2): `"a text"`, `"250ms"`, `["a", "b"]`. Empty for "none".
std::string to_toml(const config_value& value);

/// The value as a sentence shows it: as in the file, but durations and sizes without quotes.
std::string to_plain(const config_value& value);

}  // namespace troupe
