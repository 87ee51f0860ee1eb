// A token bucket: how much may be done per time, with a burst. Pure: time is given.
//
// Rules
//  TB1 It fills with one token every `per / tokens`, up to `burst`, and starts full.
//  TB2 In any time t no more than burst + t / (per / tokens) tokens are taken.
//  TB3 Integers only, so the same everywhere (D1). Kept is the time at which the bucket was, or would have been, empty.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <troupe/base/error.hpp>
#include <troupe/base/units.hpp>

namespace troupe {

/// How much may be done: `tokens` for each `per`, and `burst` at once.
struct rate {
  std::uint32_t tokens = 0;   ///< at least 1
  duration per = seconds{1};  ///< more than 0, at most a day; at least 1 ns for each token
  std::uint32_t burst = 0;    ///< how many at once; 0: `tokens`

  /// The tokens a full bucket has.
  constexpr std::uint32_t full() const noexcept { return burst == 0 ? tokens : burst; }
};

/// Success when a bucket can be made of `r`; otherwise `errc::invalid` with what is wrong.
inline result<void> validate(const rate& r) {
  if (r.tokens == 0) return error{errc::invalid, "rate: tokens must be at least 1"};
  if (r.per <= duration::zero() || r.per > hours{24})
    return error{errc::invalid, "rate: per must be more than 0 and at most 24 h"};
  if (r.per / r.tokens <= duration::zero())
    return error{errc::invalid, "rate: at most one token in a nanosecond"};
  if (r.full() > duration::max() / 4 / (r.per / r.tokens))
    return error{errc::invalid,
                 "rate: it would take centuries to fill a burst of " + std::to_string(r.full())};
  return {};
}

/// The bucket (TB1-TB3). A value; not thread-safe.
class token_bucket {
 public:
  /// Full at `now`. REQUIRES: `validate(r)` succeeds.
  token_bucket(const rate& r, time_point now)
      : each_(r.per / r.tokens), full_(each_ * r.full()), empty_at_(now - full_) {}

  /// Takes `n` tokens if they are there at `now`.
  bool take(std::uint32_t n, time_point now) noexcept {
    if (wait(n, now) > duration::zero()) return false;
    empty_at_ = std::max(empty_at_, now - full_) + each_ * n;
    return true;
  }

  /// How long after `now` there are `n` tokens if nobody takes any; 0: they are there.
  /// More than the burst: when the last of them is there if each is taken as soon as it is.
  duration wait(std::uint64_t n, time_point now) const noexcept {
    // Nobody waits for centuries, so what would not fit counts as that long.
    constexpr duration longest = duration::max() / 4;
    if (n > static_cast<std::uint64_t>(longest / each_)) return longest;
    const time_point there = std::max(empty_at_, now - full_) + each_ * static_cast<duration::rep>(n);
    return there <= now ? duration::zero() : there - now;
  }

  /// The time one token takes.
  duration each() const noexcept { return each_; }

 private:
  duration each_;
  duration full_;  // the time a full bucket takes to fill
  time_point empty_at_;
};

}  // namespace troupe
