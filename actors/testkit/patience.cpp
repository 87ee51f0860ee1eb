#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <troupe/base/error.hpp>
#include <troupe/os/os_clock.hpp>
#include <troupe/testkit/patience.hpp>

namespace troupe::testkit {

double time_factor_from(std::string_view text) {
  double factor = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), factor);
  // The negation refuses what is no number, too.
  if (problem != std::errc{} || end != text.data() + text.size() || !(factor >= 0.01 && factor <= 1000))
    throw failed{{errc::invalid, "TROUPE_TEST_TIME_FACTOR is '" + std::string{text} +
                                     "'; it must be a number from 0.01 to 1000, such as 3 or 0.5"}};
  return factor;
}

double time_factor() {
  const char* const text = std::getenv("TROUPE_TEST_TIME_FACTOR");
  return text ? time_factor_from(text) : 1.0;
}

duration dilated(duration d) {
  const double stretched = static_cast<double>(d.count()) * time_factor();
  // Longer waits overflow the arithmetic of those who wait.
  constexpr duration most = hours{24};
  if (stretched >= static_cast<double>(most.count())) return most;
  return duration{static_cast<duration::rep>(stretched)};
}

// The operating system's clock and not the system's: PA1.
stopwatch::stopwatch(duration limit) noexcept : from_(os::monotonic_now()), limit_(limit) {}

duration stopwatch::lasted() const noexcept { return os::monotonic_now() - from_; }

duration stopwatch::left() const noexcept { return std::max(limit_ - lasted(), duration::zero()); }

}  // namespace troupe::testkit
