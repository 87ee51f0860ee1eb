// Texts of a peer, for logs. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace troupe::wire {

/// `text` with a blank for each control character: no peer may write a line of its own into a log (R8).
std::string one_line(std::string_view text);

}  // namespace troupe::wire
