// The cluster that is simulated: the locks, the account and two tellers, each on a node of its own.
#pragma once

#include <troupe/simulate/simulate.hpp>

#include "account.hpp"

namespace replay {

/// How the bank works.
struct settings {
  troupe::duration lease = troupe::milliseconds{300};
  fence how = fence::none;
};

/// What goes wrong in it: nodes stand still for a while, ways are cut and slow. Nobody crashes.
troupe::fault_plan mishaps();

/// Ten seconds of work and all mishaps; no cent that was promised may be missing, at any step.
troupe::scenario bank(settings how);

}  // namespace replay
