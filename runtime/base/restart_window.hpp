// How many restarts a supervisor, or a pool, takes before it gives up (S3): a sliding window over their times.
//
// Rules
//  W1 A restart counts while it is at most `period` old; one that is exactly `period` old still counts, as
//     in OTP.
//  W2 Memory is bounded: only the newest intensity + 1 times can decide, so no more are kept.
//  W3 One window per supervisor, whichever child failed. The so many retries of one poison message are recorded once
//     (S7): the caller records the first and not the rest. Of a message that is put back for ever each is recorded.
//
// Not thread-safe; a value that belongs to its supervisor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <troupe/base/units.hpp>
#include <vector>

namespace troupe {

/// The sliding window of S3: at most `intensity` restarts within `period`. Not thread-safe.
class restart_window {
 public:
  /// Intensity 0 lets the first failure through to the parent. REQUIRES: `period` is not negative.
  restart_window(std::uint32_t intensity, duration period) : intensity_(intensity), period_(period) {}

  /// A restart is wanted at `now`. True: go ahead. False: that would be more than `intensity` within
  /// `period`; the supervisor stops its children and fails. It is recorded in both cases. REQUIRES: `now`
  /// never goes back.
  [[nodiscard]] bool record(time_point now) {
    if (stamps_.size() <= intensity_) {
      stamps_.push_back(now);
    } else {
      stamps_[oldest_] = now;
      oldest_ = (oldest_ + 1) % stamps_.size();
    }
    return stamps_.size() <= intensity_ || !counts(stamps_[oldest_], now);
  }

  /// Restarts that count at `now`; at most intensity + 1 of them are known (W2).
  std::size_t recent(time_point now) const noexcept {
    // The oldest that counts, by halving: they are in order from `oldest_` on, and there may be a million.
    std::size_t gone = 0;
    for (std::size_t many = stamps_.size(); many > 0;) {
      const std::size_t half = many / 2;
      if (counts(stamps_[(oldest_ + gone + half) % stamps_.size()], now)) {
        many = half;
      } else {
        gone += half + 1;
        many -= half + 1;
      }
    }
    return stamps_.size() - gone;
  }

  /// Another limit. What has been recorded stays, the newest first where there is less room. REQUIRES: as the constructor.
  void change(std::uint32_t intensity, duration period) {
    std::rotate(stamps_.begin(), stamps_.begin() + static_cast<std::ptrdiff_t>(oldest_), stamps_.end());
    oldest_ = 0;
    intensity_ = intensity;
    period_ = period;
    if (const std::size_t room = std::size_t{intensity} + 1; stamps_.size() > room)
      stamps_.erase(stamps_.begin(), stamps_.end() - static_cast<std::ptrdiff_t>(room));
  }

  /// Forgets every restart, as a supervisor does that was itself restarted.
  void clear() noexcept {
    stamps_.clear();
    oldest_ = 0;
  }

  /// Restarts that are allowed within `period()`.
  std::uint32_t intensity() const noexcept { return intensity_; }
  /// The window's width.
  duration period() const noexcept { return period_; }

 private:
  bool counts(time_point stamp, time_point now) const noexcept { return now - stamp <= period_; }

  std::uint32_t intensity_;
  duration period_;
  std::vector<time_point> stamps_;  // a ring once it holds intensity + 1
  std::size_t oldest_ = 0;
};

}  // namespace troupe
