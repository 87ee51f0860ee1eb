// How long a peer may be silent: phi accrual, as in Hayashibara et al. and Pekko's PhiAccrualFailureDetector, turned round. They work out
// at each look how suspicious the silence is; this works out, when something was heard, at which silence phi will reach the threshold, and so
// there is a point of time to wait for and nothing to look at meanwhile.
//
// Rules
//  PD1 The limit is mean + acceptable_pause + q(threshold) x deviation, where the deviation is at least min_deviation and q is what
//      `quantile.hpp` says: the silence at which phi is the threshold.
//  PD2 It is at least two ping intervals, whatever the samples say: a peer is asked after one, and has another one to answer. And it is at most
//      `most`: samples are no longer than limits, so without it a peer that gets slower and slower would be waited for longer and longer.
//  PD3 At most one sample an interval: of a stretch of at least one the silence that ends it, which is the longest of it wherever that
//      matters, and no less than the interval. So all traffic counts, but a burst is one sample and not a thousand; and a peer that talks
//      all the time is not suspected when it only answers pings again.
//  PD4 A silence beyond the limit that ended all the same is no sample: how long an outage lasts says nothing of how the peer is when it is
//      well.
//  PD5 Nothing known yet: two samples, a quarter of an interval below and above it, as in Pekko.
//  PD6 A connection that is resumed begins with what was known: the rhythm of the peer and of the way to it is the same, and to forget it at
//      each loss would be to forget it where it is needed most. The silence in between is no sample. With another interval all is anew.
//
// Pure: time is an argument. Not thread-safe.
#pragma once

#include <troupe/base/units.hpp>
#include <troupe/detector/detector_settings.hpp>
#include <troupe/detector/silence_window.hpp>
#include <troupe/detector/suspicion.hpp>

namespace troupe {

/// Judges the silence of one peer. Not thread-safe.
class failure_detector {
 public:
  /// Knows nothing, and has last heard at `now`. The peer is asked for a sign of life after `interval`. REQUIRES: `validate(settings)` succeeds;
  /// 0 < `interval` <= `most` / 2.
  failure_detector(const detector_settings& settings, duration most, duration interval, time_point now);

  /// A connection begins: this is heard, and what was before is no silence (PD6). REQUIRES: as the constructor.
  void begin(time_point now, duration interval);
  /// Who answers is another one now: all is anew (PD5).
  void forget();

  /// Something was heard (PD3, PD4). REQUIRES: `now` never goes back.
  void heard(time_point now);
  /// That long nobody listened here, up to `now`: it is not held against the peer.
  void forgive(duration deaf, time_point now) noexcept;

  /// When something was heard last, or would have been if somebody had listened.
  time_point last_heard() const noexcept { return last_heard_; }
  /// From when on the silence is a verdict: not a nanosecond before.
  time_point deadline() const noexcept { return after(last_heard_, limit_); }
  /// The silence that is a verdict (PD1, PD2).
  duration limit() const noexcept { return limit_; }
  /// Whether that is `most` and not what the samples say (PD2).
  bool is_at_most() const noexcept { return limit_ == most_; }

  /// What it thinks at `now`. Decides nothing.
  suspicion look(time_point now) const;

 private:
  void add(duration sample);
  duration deviation() const noexcept;

  detector_settings settings_;
  duration most_;
  duration interval_;
  silence_window window_;
  duration limit_{};

  time_point last_heard_;
  time_point stretch_began_;
};

}  // namespace troupe
