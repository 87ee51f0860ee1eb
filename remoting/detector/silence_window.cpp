#include <algorithm>
#include <cmath>
#include <troupe/base/check.hpp>
#include <troupe/detector/silence_window.hpp>
#include <utility>

namespace troupe {

silence_window::silence_window(std::size_t samples_max) : samples_max_(samples_max) {
  check(samples_max >= 1 && samples_max <= std::size_t{1} << 20, "a window has room for 1 to 2^20 samples");
}

void silence_window::add(duration sample) {
  const auto us = static_cast<std::uint32_t>(
      duration_cast<microseconds>(std::clamp(sample, duration::zero(), duration{sample_max})).count());
  if (samples_.size() < samples_max_) {
    samples_.push_back(us);
  } else {
    const std::uint32_t gone = std::exchange(samples_[oldest_], us);
    oldest_ = (oldest_ + 1) % samples_max_;
    sum_ -= gone;
    squares_ -= wide{gone} * gone;
  }
  sum_ += us;
  squares_ += wide{us} * us;
}

void silence_window::clear() noexcept {
  samples_.clear();
  oldest_ = 0;
  sum_ = 0;
  squares_ = 0;
}

duration silence_window::mean() const noexcept {
  if (samples_.empty()) return duration::zero();
  return microseconds{static_cast<microseconds::rep>(sum_ / samples_.size())};
}

// n squares - sum^2 is never negative and exact; the root of what is left is exact to the last digit on every machine (D1).
duration silence_window::deviation() const noexcept {
  if (samples_.empty()) return duration::zero();
  const wide n = samples_.size();
  const auto variance = static_cast<std::uint64_t>((n * squares_ - wide{sum_} * sum_) / (n * n));
  return microseconds{static_cast<microseconds::rep>(std::sqrt(static_cast<double>(variance)))};
}

}  // namespace troupe
