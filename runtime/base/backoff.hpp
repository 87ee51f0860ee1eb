// How long to wait before the next try: of a restart in supervision, of a dial in remoting. One type for
// both, so that both behave alike and are tested once.
//
// Rules (S9)
//  B1 The wait grows as min, 2 min, 4 min ... up to max.
//  B2 Jitter stays inside [min, max] and keeps its width at the cap: [wait, wait (1 + jitter)], moved down
//     to end at max. Adding it after the cap breaks the cap; cutting it off at the cap lets all who wait
//     long wake up together.
//  B3 A quiet period starts over from min: no failure within `reset_after` of the last try that worked.
//  B4 Same settings, same times, same random stream: same waits, on every machine (D1). No product of
//     doubles is added to a double, so nothing can be contracted.
//
// Not thread-safe; a value that belongs to its owner.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <troupe/base/backoff_settings.hpp>
#include <troupe/base/check.hpp>
#include <troupe/base/error.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/base/units.hpp>

namespace troupe {

/// The waits between tries, and when they start over. Not thread-safe.
class backoff {
 public:
  /// REQUIRES: `validate(settings)` succeeds.
  explicit backoff(const backoff_settings& settings) : settings_(settings), base_(settings.min) {
    check(validate(settings).has_value(), "backoff settings are validated before they are used");
  }

  /// A try failed at `now`, or what it had started did: how long to wait before the next one. In [min, max].
  duration next_delay(time_point now, prng& random) {
    if (worked_at_ && now - *worked_at_ >= reset_after()) reset();
    worked_at_.reset();
    if (failures_ < std::numeric_limits<std::uint32_t>::max()) ++failures_;
    const duration wait = jittered(base_, random);
    base_ = base_ > settings_.max / 2 ? settings_.max : base_ * 2;
    return wait;
  }

  /// A try worked at `now`: the quiet period (B3) counts from here. Until then no time that passes is
  /// quiet, so a try that takes long to fail does not start over.
  void worked(time_point now) noexcept { worked_at_ = now; }

  /// Starts over from min.
  void reset() noexcept {
    base_ = settings_.min;
    failures_ = 0;
    worked_at_.reset();
  }

  /// Failures since the last quiet period.
  std::uint32_t failures() const noexcept { return failures_; }

  /// The quiet time that starts over.
  duration reset_after() const noexcept {
    return settings_.reset_after.value_or(settings_.min + (settings_.max - settings_.min) / 2);
  }

  /// What it was made of.
  const backoff_settings& settings() const noexcept { return settings_; }

 private:
  duration jittered(duration wait, prng& random) const {
    const duration width{static_cast<duration::rep>(static_cast<double>(wait.count()) * settings_.jitter)};
    const duration high = width > settings_.max - wait ? settings_.max : wait + width;
    const double share = 1.0 + settings_.jitter;
    const duration low = std::max(
        settings_.min, duration{static_cast<duration::rep>(static_cast<double>(high.count()) / share)});
    return low + duration{static_cast<duration::rep>(
                     random.below(static_cast<std::uint64_t>((high - low).count()) + 1))};
  }

  backoff_settings settings_;
  duration base_;
  std::uint32_t failures_ = 0;
  std::optional<time_point> worked_at_;
};

}  // namespace troupe
