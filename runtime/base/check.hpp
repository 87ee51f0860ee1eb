// Checks that stay on in production: a broken runtime invariant ends the process with its place and its reason,
// because what comes after it can't be trusted. User mistakes are never checked this way.
#pragma once

#include <source_location>

namespace troupe {

/// Prints `what` and `where` to standard error and aborts.
[[noreturn]] void broken_invariant(const char* what, std::source_location where);

/// Aborts with the caller's location unless `holds`. For invariants of the runtime itself.
inline void check(bool holds, const char* what,
                  std::source_location where = std::source_location::current()) {
  if (!holds) [[unlikely]]
    broken_invariant(what, where);
}

}  // namespace troupe
