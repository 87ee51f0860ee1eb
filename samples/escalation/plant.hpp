// The plant: a tree of supervisors, three deep.
#pragma once

#include "machine.hpp"

namespace plant {

/// How many restarts each floor takes within 10 s.
struct limits {
  std::uint32_t plant = 2;
  std::uint32_t boiler = 1;
  std::uint32_t sensors = 2;
};

/// Starts it as `/user/plant`:
///
///     plant          one_for_one
///       boiler       one_for_all, and what is worn out stays down
///         burner     escalates `overheated`
///         pump       resumes after an `odd_reading`
///         sensors    rest_for_one
///           gauge
///           alarm
///       batch        transient; ends with its first significant child
///         job        transient, significant
///         logbook
///
/// `loud`: its machines say when they come and go.
troupe::supervision start(troupe::system& sys, const limits& most, bool loud);

/// How many failures of one sensor, close together, end the whole plant: the floors' limits multiply.
std::uint32_t failures_that_end_it(const limits& most);

}  // namespace plant
