#include <algorithm>
#include <cmath>
#include <troupe/base/check.hpp>
#include <troupe/detector/failure_detector.hpp>
#include <troupe/detector/quantile.hpp>
#include <utility>

namespace troupe {

namespace {

constexpr std::int64_t millionths = 1'000'000;

std::int64_t us(duration d) noexcept { return duration_cast<microseconds>(d).count(); }

}  // namespace

failure_detector::failure_detector(const detector_settings& settings, duration most, duration interval,
                                   time_point now)
    : settings_(settings),
      most_(most),
      interval_(interval),
      window_(settings.samples_max),
      last_heard_(now),
      stretch_began_(now) {
  check(validate(settings_).has_value(), "detector settings are validated before they are used");
  check(interval_ > duration::zero() && interval_ <= most_ / 2,
        "a silence may last for two intervals at least");
  forget();
}

void failure_detector::begin(time_point now, duration interval) {
  check(interval > duration::zero() && interval <= most_ / 2,
        "a silence may last for two intervals at least");
  last_heard_ = stretch_began_ = now;
  if (std::exchange(interval_, interval) != interval) forget();
}

void failure_detector::forget() {
  window_.clear();
  add(interval_ - interval_ / 4);
  add(interval_ + interval_ / 4);
}

void failure_detector::heard(time_point now) {
  const duration silence = now - last_heard_;
  last_heard_ = now;
  const bool stretch_ends = now - stretch_began_ >= interval_;
  if (stretch_ends) stretch_began_ = now;
  if (stretch_ends && silence <= limit_) add(std::max(silence, interval_));  // PD4
}

void failure_detector::forgive(duration deaf, time_point now) noexcept {
  last_heard_ = std::min(now, after(last_heard_, deaf));
}

void failure_detector::add(duration sample) {
  window_.add(sample);
  const auto phi = static_cast<std::int64_t>(std::llround(settings_.threshold * 1000));
  const microseconds spread{detector::deviations_at(phi) * us(deviation()) / millionths};
  limit_ = std::min(most_, std::max(2 * interval_, window_.mean() + settings_.acceptable_pause + spread));
}

duration failure_detector::deviation() const noexcept {
  return std::max(window_.deviation(), settings_.min_deviation);
}

suspicion failure_detector::look(time_point now) const {
  suspicion s{.silent = std::max(duration::zero(), now - last_heard_),
              .mean = window_.mean(),
              .deviation = deviation(),
              .limit = limit_};
  // Beyond the ends of the table phi does not change, and the product fits.
  const duration off =
      std::clamp(s.silent - s.mean - settings_.acceptable_pause, -4 * s.deviation, 8 * s.deviation);
  s.phi = static_cast<double>(detector::phi_at(us(off) * millionths / us(s.deviation))) / 1000;
  return s;
}

}  // namespace troupe
