// The real time: CLOCK_MONOTONIC for decisions, CLOCK_REALTIME for people.
#pragma once

#include <memory>
#include <troupe/port/clock.hpp>

namespace troupe::os {

/// The monotonic time now. Its zero is the zero of CLOCK_MONOTONIC, so a point can be handed to the kernel as
/// an absolute time-out. Thread-safe.
time_point monotonic_now() noexcept;

/// The operating system's clock. Thread-safe.
std::unique_ptr<port::clock> make_clock();

}  // namespace troupe::os
