// The last silences of a peer, with their mean and deviation.
//
// Rules
//  AW1 A ring of fixed size: the newest sample takes the oldest one's place, and the sums are kept as that happens. So a sample costs the same
//      however many there are, and memory is bounded.
//  AW2 The sums are whole numbers wide enough for any window: whatever came and went, they are those of the samples that are there. Sums of
//      floating-point numbers would remember what has left.
//  AW3 Samples are microseconds, at most `sample_max`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <troupe/base/units.hpp>
#include <vector>

namespace troupe {

/// A window of samples. Not thread-safe.
class silence_window {
 public:
  /// The longest silence that counts as what it was; a longer one counts as this.
  static constexpr duration sample_max = microseconds{std::numeric_limits<std::uint32_t>::max()};

  /// Room for `samples_max` samples, which is taken as they come. REQUIRES: 1 <= `samples_max` <= 2^20.
  explicit silence_window(std::size_t samples_max);

  /// One more sample; a negative one counts as 0.
  void add(duration sample);
  /// None any more.
  void clear() noexcept;

  /// How many there are.
  std::size_t size() const noexcept { return samples_.size(); }
  /// Their mean, down to a microsecond; 0 without samples.
  duration mean() const noexcept;
  /// The root of their variance (of the whole window, as in Pekko), down to a microsecond; 0 without samples.
  duration deviation() const noexcept;

 private:
  __extension__ using wide = unsigned __int128;

  std::size_t samples_max_;
  std::vector<std::uint32_t> samples_;  // microseconds
  std::size_t oldest_ = 0;              // once it is full
  std::uint64_t sum_ = 0;
  wide squares_ = 0;
};

}  // namespace troupe
