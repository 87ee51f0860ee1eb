// How long a cache line takes from one core to another.
#pragma once

namespace bench {

/// Two threads, each held on a core of its own, pass a cache line back and forth; gives ns one way, the median of several
/// batches, in some 20 ms. 0 when the process may use one core only.
double core_to_core_ns();

}  // namespace bench
