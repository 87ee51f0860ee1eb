// Crashes on purpose.
#pragma once

#include <stdexcept>
#include <string>
#include <troupe/base/prng.hpp>
#include <troupe/troupe.hpp>

namespace bank {

/// Throws now and then, in `per_mille` of the places it is asked at. What it hits is some actor's failure like any other.
class mishap {
 public:
  mishap(troupe::port::platform& ports, std::uint32_t per_mille)
      : per_mille_(per_mille), chance_(ports.entropy().next()) {}

  void may_happen(const char* where) {
    if (chance_.below(1000) < per_mille_) throw std::runtime_error{std::string{"a mishap "} + where};
  }

 private:
  std::uint32_t per_mille_;
  troupe::prng chance_;
};

}  // namespace bank
