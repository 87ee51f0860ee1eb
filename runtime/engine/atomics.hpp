// The policy through which a mechanism reaches its atomics: the real ones here, modelled ones in tests/unit/interleave, which
// run small cases under every interleaving.
#pragma once

#include <atomic>

namespace troupe::engine {

/// What production uses.
struct real_atomics {
  template <class T>
  using atomic = std::atomic<T>;
};

}  // namespace troupe::engine
