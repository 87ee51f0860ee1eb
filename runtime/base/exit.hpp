// Why an actor ended: a closed set, shared by life cycle, supervision and watchers.
#pragma once

#include <cstdint>
#include <optional>
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
  gone,  ///< it had ended before it was watched, or linked to, from another node; how is not known there any more
  unreachable,  ///< what is heard on another node: the actor's node was declared down (R5), or could not be asked
};

/// `normal`, `shutdown`, `failed`, `killed`, `gone`, `unreachable`.
std::string_view to_string(exit_kind kind) noexcept;

/// The kind of that name, if there is one.
std::optional<exit_kind> exit_kind_from_string(std::string_view name) noexcept;

/// How and why an actor ended.
struct exit_reason {
  exit_kind kind = exit_kind::normal;
  error why = {};  ///< set when it failed

  friend bool operator==(const exit_reason&, const exit_reason&) = default;
};

/// One line.
std::string to_string(const exit_reason& reason);

}  // namespace troupe
