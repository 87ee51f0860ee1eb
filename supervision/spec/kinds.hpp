// The words of supervision, as OTP has them.
#pragma once

#include <cstdint>
#include <iterator>
#include <string_view>
#include <troupe/base/restart_type.hpp>

namespace troupe {

/// Who is restarted together with a child that failed (S1).
enum class strategy : std::uint8_t {
  one_for_one,   ///< it alone
  one_for_all,   ///< all its siblings
  rest_for_one,  ///< those that were started after it
  dynamic,       ///< it alone, among many children of one template
};

/// Whether a supervisor shuts itself down when significant children have ended by themselves for good (S2, as OTP): transient ones
/// normally, temporary ones in any way. What its siblings cause, or an administrator, does not count.
enum class auto_shutdown : std::uint8_t {
  off,              ///< it does not, and may have no significant children
  any_significant,  ///< with the first of them
  all_significant,  ///< with the last of them
};

/// `any_significant`, as in configuration and logs.
constexpr std::string_view to_string(auto_shutdown when) noexcept {
  constexpr std::string_view names[] = {"off", "any_significant", "all_significant"};
  return names[static_cast<std::size_t>(when)];
}

/// Where a child is, as its supervisor knows.
enum class child_phase : std::uint8_t {
  down,      ///< there is none: ended, or not started yet
  starting,  ///< it was told to start, or to start again
  up,        ///< it serves
  failed,    ///< it waits for a verdict
  falling,   ///< it was told to go down and keep its mailbox
  held,      ///< it is down and keeps its mailbox
  stopping,  ///< it was told to stop for good
};

/// `down`, `starting`, ...
constexpr std::string_view to_string(child_phase p) noexcept {
  constexpr std::string_view names[] = {"down", "starting", "up", "failed", "falling", "held", "stopping"};
  const auto at = static_cast<std::size_t>(p);
  return at < std::size(names) ? names[at] : "unknown";  // another node may say any number
}

/// `one_for_one`, as in configuration and logs.
constexpr std::string_view to_string(strategy how) noexcept {
  constexpr std::string_view names[] = {"one_for_one", "one_for_all", "rest_for_one", "dynamic"};
  return names[static_cast<std::size_t>(how)];
}

}  // namespace troupe
