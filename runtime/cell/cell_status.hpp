// Where a cell is in its life (L2, S11).
#pragma once

#include <cstdint>
#include <string_view>

namespace troupe {

/// See there, as for all of these.
enum class cell_status : std::uint8_t {
  starting,    ///< the body is being made
  running,     ///< handles messages
  failed,      ///< suspended; waits for its parent's verdict
  restarting,  ///< stops its children, then makes a new body
  held,        ///< its body is gone, its mailbox kept; waits until its parent has it made anew (S6, S9)
  stopping,    ///< stops its children, then itself
  stopped,     ///< gone for good
};

/// `starting`, `running`, ...
std::string_view to_string(cell_status status) noexcept;

}  // namespace troupe
