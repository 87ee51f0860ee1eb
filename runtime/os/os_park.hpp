// A thread's parking spot on one futex word.
#pragma once

#include <memory>
#include <troupe/port/park.hpp>

namespace troupe::os {

/// A parking spot. An `unpark` costs one system call when its owner is asleep and none otherwise; a parked
/// thread costs no CPU. `park_until` needs a time-out, which `std::atomic::wait` lacks, so the futex is used
/// directly.
std::unique_ptr<port::parker> make_parker();

}  // namespace troupe::os
