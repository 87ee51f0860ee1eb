// Checks that stay on in production: a broken runtime invariant ends the process with its place and its
// reason, because what comes after it can't be trusted. User mistakes are never checked this way.
#pragma once

#include <boost/assert/source_location.hpp>

/// The place where it stands; as a default argument, that of the caller.
#define TROUPE_HERE BOOST_CURRENT_LOCATION

namespace troupe {

/// A place in the source. (clang 14 with libstdc++ has no std::source_location.)
using source_location = boost::source_location;

/// Prints `what` and `where` to standard error and aborts.
[[noreturn]] void broken_invariant(const char* what, source_location where);

/// Aborts with the caller's location unless `holds`. For invariants of the runtime itself.
inline void check(bool holds, const char* what, source_location where = TROUPE_HERE) {
  if (!holds) [[unlikely]]
    broken_invariant(what, where);
}

}  // namespace troupe
