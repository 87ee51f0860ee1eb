// Ports of a host on which one wake-up is lost: a turn that was submitted and never runs. What the mutant `lost_wakeup` plants.
//
// It stands where the dispatcher hands its turns to whoever steps it (port/stepper.hpp): production code knows nothing of it. The turn is
// there again when its system is shut down, since a process that ends leaves none behind either.
#pragma once

#include <cstdint>
#include <memory>
#include <troupe/port/platform.hpp>

namespace simulations {

/// The ports of `inner`, where each dispatcher loses one turn: the last one that is submitted in the turn that is, of those that submit others,
/// number `after`.
std::unique_ptr<troupe::port::platform> lossy_ports(std::unique_ptr<troupe::port::platform> inner,
                                                    std::uint64_t after);

}  // namespace simulations
