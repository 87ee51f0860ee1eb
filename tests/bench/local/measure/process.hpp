// What this process takes of the machine.
#pragma once

#include <chrono>
#include <cstdint>

namespace bench {

/// Memory that is resident, bytes.
std::uint64_t resident_bytes();

/// The most memory that was resident at any time, bytes.
std::uint64_t peak_resident_bytes();

/// Processor time of all threads so far.
std::chrono::nanoseconds cpu_time();

/// Lets `time` pass without using the processor: what is measured meanwhile is idleness.
void be_quiet(std::chrono::nanoseconds time);

/// What of `after` is more than `before`.
inline double grown(std::uint64_t before, std::uint64_t after) {
  return after > before ? static_cast<double>(after - before) : 0;
}

}  // namespace bench
