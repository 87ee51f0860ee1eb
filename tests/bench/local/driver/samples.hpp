// What was measured of one figure, and which of it may be compared.
//
// The cores of a virtual machine may be near (a cache line moves in about 27 ns) or far (about 165 ns), and change within
// minutes; with two workers that decides more than any code. Pure functions.
//
// Rules
//  SA1 A run with two workers or more has the mode that was measured just before it, if it was the same just after it.
//  SA2 Only runs of one mode are compared: the mode in which every language has the most. Runs whose mode changed
//      underway count only when there is nothing else, and the row says so: `mixed`.
//  SA3 A run with one worker has no mode; all of them are compared.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/plan.hpp"

namespace bench {

/// How far the cores were from each other.
enum class core_mode { none, near, between, far, mixed };
/// Its name; empty for `none`.
std::string_view to_string(core_mode m) noexcept;
/// The mode of a measured latency, ns.
core_mode mode_of(double c2c_ns) noexcept;
/// The mode of a run with these latencies before and after it (SA1): `mixed` if it changed.
core_mode mode_of_run(double before_ns, double after_ns) noexcept;

/// One run's value.
struct sample {
  double value;
  double c2c_ns = 0;
  core_mode mode = core_mode::none;
};

/// The middle value; the mean of the two middle ones. REQUIRES: there is one.
double median(std::vector<double> values);

/// A figure of one language, summed up.
struct summary {
  double median;
  double low;
  double high;
  std::size_t runs;
};

/// All runs of one figure with one number of workers.
struct row {
  std::string figure;
  unsigned workers;
  std::string unit;
  std::array<std::vector<sample>, language_count> samples{};
};

/// A row, summed up over the runs that may be compared (SA2, SA3).
struct compared_row {
  std::string figure;
  unsigned workers;
  std::string unit;
  core_mode mode;
  double c2c_ns;  ///< median over the runs that count; 0 with one worker
  std::array<std::optional<summary>, language_count> by{};

  /// Theirs by ours; nothing if one of them is missing.
  std::optional<double> ratio(language theirs) const;
};

/// The mode whose runs are compared (SA2).
core_mode comparable_mode(const row& r);
/// How many runs each language that has any has at least in that mode.
std::size_t comparable_runs(const row& r);
/// The row, summed up.
compared_row compare(const row& r);

}  // namespace bench
