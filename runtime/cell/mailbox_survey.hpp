// A look at all mailboxes of a system, for who scrapes its metrics (observe/mailbox_figures.hpp).
//
// Rules
//  MV1 Nothing is counted for it while messages travel: it walks the tree when it is called, on the caller's thread, parents before
//      children, and takes each table of children's lock for a copy of it (C6). Actors are not stopped: the figures are of about now.
//  MV2 It looks at `surveyed_max` actors at most, some tens of milliseconds; how many there are beyond that it says.
#pragma once

#include <cstddef>
#include <troupe/observe/mailbox_figures.hpp>

namespace troupe {

class environment;

/// MV2.
inline constexpr std::size_t surveyed_max = 100'000;

/// What waits in the mailboxes of `env`, and what has (mailbox_times.hpp). Thread-safe.
mailbox_survey survey_mailboxes(environment& env);

}  // namespace troupe
