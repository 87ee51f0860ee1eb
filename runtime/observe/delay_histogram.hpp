// How long something took, many times, in memory that does not grow: buckets whose width is a quarter of a power of two, so what is
// read is at most a quarter too long, from 1 us to 36 minutes. (The idea of HdrHistogram, with two bits.)
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <troupe/base/units.hpp>

namespace troupe {

/// Counts of delays. Not thread-safe.
class delay_histogram {
 public:
  /// Adds one; less than 0 counts as 0.
  void add(duration d) noexcept {
    const auto ns = static_cast<std::uint64_t>(std::max<duration::rep>(d.count(), 0));
    ++counts_[bucket_of(ns)];
    ++count_;
    sum_ += duration{static_cast<duration::rep>(ns)};
    longest_ = std::max(longest_, duration{static_cast<duration::rep>(ns)});
  }
  /// Adds all of another.
  void add(const delay_histogram& other) noexcept {
    for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    longest_ = std::max(longest_, other.longest_);
  }

  /// How many there are.
  std::uint64_t count() const noexcept { return count_; }
  /// All of them together, exactly.
  duration sum() const noexcept { return sum_; }
  /// How many took less than 2 to the `power` ns, exactly. REQUIRES: 10 <= power <= 41.
  std::uint64_t shorter_than(unsigned power) const noexcept {
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < 1 + (power - first_octave) * parts; ++i) seen += counts_[i];
    return seen;
  }
  /// The longest, exactly.
  duration longest() const noexcept { return longest_; }

  /// What `percent` of them, 1 to 100, took at most: the end of that bucket, but never more than the longest. 0 when there is none.
  duration at(unsigned percent) const noexcept {
    const std::uint64_t wanted = std::max<std::uint64_t>(1, (count_ * percent + 99) / 100);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size() && count_ != 0; ++i)
      if ((seen += counts_[i]) >= wanted) return std::min(longest_, end_of(i));
    return longest_;
  }

 private:
  static constexpr unsigned first_octave = 10;  // below 1,024 ns all is one bucket
  static constexpr unsigned octaves = 31;
  static constexpr unsigned parts = 4;
  static constexpr std::size_t buckets = 1 + octaves * parts + 1;

  static constexpr std::size_t bucket_of(std::uint64_t ns) noexcept {
    const auto octave = static_cast<unsigned>(std::bit_width(ns | 1) - 1);
    if (octave < first_octave) return 0;
    if (octave >= first_octave + octaves) return buckets - 1;
    return 1 + (octave - first_octave) * parts + (ns >> (octave - 2)) % parts;
  }
  static constexpr duration end_of(std::size_t bucket) noexcept {
    if (bucket == 0) return duration{std::int64_t{1} << first_octave};
    if (bucket == buckets - 1) return duration::max();
    const auto octave = static_cast<unsigned>(first_octave + (bucket - 1) / parts);
    const auto part = static_cast<std::int64_t>((bucket - 1) % parts);
    return duration{(parts + part + 1) << (octave - 2)};
  }

  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
  duration sum_{};
  duration longest_{};
};

}  // namespace troupe
