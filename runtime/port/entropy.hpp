// Where every random number comes from.
#pragma once

#include <cstdint>

namespace troupe::port {

/// A source of random numbers. Thread-safe. Production asks the operating system; simulation a seed.
class entropy {
 public:
  virtual ~entropy() = default;

  /// 64 random bits. Good enough for incarnation numbers and seeds.
  virtual std::uint64_t next() noexcept = 0;
};

}  // namespace troupe::port
