// What prints for `caf::aout`: an event-based actor, so that hosting CAF needs no thread of its own.
#pragma once

#include <caf/fwd.hpp>

namespace troupe {

/// Starts the printer: lines of CAF actors go to standard output whole; redirection to a file is supported.
caf::actor spawn_caf_printer(caf::actor_system& system);

}  // namespace troupe
