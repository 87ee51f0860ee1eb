#include <cmath>
#include <troupe/detector/suspicion.hpp>

namespace troupe {

// In whole numbers, because what is logged must be the same everywhere (D1).
std::string in_seconds(duration d) {
  constexpr auto hundredth = milliseconds{10};
  const auto n = d / hundredth + (d % hundredth >= hundredth / 2 ? 1 : 0);
  const std::string digits = std::to_string(n % 100);
  return std::to_string(n / 100) + (digits.size() < 2 ? ".0" : ".") + digits + " s";
}

std::string to_string(const suspicion& s) {
  const auto tenths = std::llround(s.phi * 10);
  return "phi " + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + ": mean " +
         in_seconds(s.mean) + ", deviation " + in_seconds(s.deviation);
}

}  // namespace troupe
