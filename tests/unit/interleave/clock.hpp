// What happened before what.
#pragma once

#include <array>
#include <cstdint>

#include "unit/interleave/step.hpp"

namespace interleave {

/// How far each proc had come: what happened before.
struct vector_clock {
  std::array<std::uint32_t, procs_max> at{};

  void join(const vector_clock& other) noexcept {
    for (unsigned p = 0; p < procs_max; ++p)
      if (other.at[p] > at[p]) at[p] = other.at[p];
  }
};

}  // namespace interleave
