// The words of supervision, as OTP has them.
#pragma once

#include <cstdint>
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

/// `one_for_one`, as in configuration and logs.
constexpr std::string_view to_string(strategy how) noexcept {
  constexpr std::string_view names[] = {"one_for_one", "one_for_all", "rest_for_one", "dynamic"};
  return names[static_cast<std::size_t>(how)];
}

}  // namespace troupe
