// SQL's `random()` and `randomblob(n)` from the entropy port, so that a statement draws the same numbers in
// every run from the same seed (D1). Internal to this room.
#pragma once

#include <troupe/port/entropy.hpp>

struct sqlite3;

namespace troupe::sqlite {

/// Puts both functions in the place of SQLite's own on this connection. `from` outlives it. Returns SQLite's
/// code.
int install_random_functions(sqlite3* handle, port::entropy& from) noexcept;

}  // namespace troupe::sqlite
