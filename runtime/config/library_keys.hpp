// The library's own keys. They are listed here, in the leftmost room that knows what a key is, so that a
// program knows all of them before any other part exists: an unknown key is reported at once, and `--help` is
// whole. A room that needs a setting adds a line here and asks the `config` it is given by name. An extension
// that may be absent gives out a schema of its own, which the service adds to its keys.
#pragma once

#include <troupe/config/schema.hpp>

namespace troupe {

/// The keys every troupe program has. A new schema each time; pure.
config_schema library_keys();

}  // namespace troupe
