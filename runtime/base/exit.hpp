// Why an actor ended: a closed set, shared by life cycle, supervision and watchers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>

namespace troupe {

/// How an actor ended.
enum class exit_kind : std::uint8_t {
  normal,    ///< it stopped itself
  shutdown,  ///< its parent or the system stopped it
  failed,    ///< an exception; the parent decided against a restart
  killed,    ///< it did not stop in time and was detached from the tree
};

/// `normal`, `shutdown`, `failed`, `killed`.
std::string_view to_string(exit_kind kind) noexcept;

/// How and why an actor ended.
struct exit_reason {
  exit_kind kind = exit_kind::normal;
  error why = {};  ///< set when it failed

  friend bool operator==(const exit_reason&, const exit_reason&) = default;
};

/// One line.
std::string to_string(const exit_reason& reason);

}  // namespace troupe
