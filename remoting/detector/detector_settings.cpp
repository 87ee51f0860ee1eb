#include <string>
#include <troupe/detector/detector_settings.hpp>
#include <troupe/detector/quantile.hpp>

namespace troupe {

result<void> validate(const detector_settings& s) {
  const auto wrong = [](const std::string& text) {
    return error{errc::invalid, "failure detector: " + text};
  };
  // Written so that no number at all is refused too.
  if (!(s.threshold >= detector::phi_min && s.threshold <= detector::phi_max))
    return wrong("the threshold must be from " + std::to_string(detector::phi_min) + " to " +
                 std::to_string(detector::phi_max));
  if (s.acceptable_pause < duration::zero() || s.acceptable_pause > detector_settings::longest)
    return wrong("the acceptable pause must be from 0 to 24 hours");
  if (s.min_deviation < milliseconds{1} || s.min_deviation > detector_settings::longest)
    return wrong("the smallest deviation must be from 1 ms to 24 hours");
  if (s.samples_max < 2 || s.samples_max > detector_settings::samples_most)
    return wrong("the samples that are kept must be from 2 to " +
                 std::to_string(detector_settings::samples_most));
  return {};
}

}  // namespace troupe
