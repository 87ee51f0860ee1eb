// When an actor is put back after it has ended (S2): the words and the table of OTP, for supervisors and for pools.
#pragma once

#include <cstdint>
#include <iterator>
#include <string_view>
#include <troupe/base/exit.hpp>

namespace troupe {

/// When a child is put back after it has ended (S2).
enum class restart_type : std::uint8_t {
  permanent,  ///< always
  transient,  ///< when it failed
  temporary,  ///< never; its spec goes with it
};

/// `permanent`, as in configuration and logs.
constexpr std::string_view to_string(restart_type type) noexcept {
  constexpr std::string_view names[] = {"permanent", "transient", "temporary"};
  const auto at = static_cast<std::size_t>(type);
  return at < std::size(names) ? names[at] : "unknown";  // another node may say any number
}

/// Whether a child of that type is put back after that exit. A supervisor's strategy has no say in it: it only fires when the
/// answer is yes.
constexpr bool should_restart(restart_type type, exit_kind exit) noexcept {
  constexpr bool table[3][4] = {
      //                 normal  shutdown failed killed
      /* permanent */ {true, true, true, true},
      /* transient */ {false, false, true, true},
      /* temporary */ {false, false, false, false},
  };
  return table[static_cast<std::size_t>(type)][static_cast<std::size_t>(exit)];
}

}  // namespace troupe
