// What was measured, summed up, printed and written. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "driver/samples.hpp"
#include "service/driver/plan.hpp"

namespace bench {

/// All runs of one figure.
struct service_row {
  std::string figure;
  unsigned workers;
  std::string unit;
  std::vector<std::pair<std::string, std::vector<double>>> by = {};  ///< who, and the value of each run

  /// The runs of `who`, made if there are none.
  std::vector<double>& of(std::string_view who);
  /// Median, lowest and highest of `who`; none if he has no runs.
  std::optional<summary> summed(std::string_view who) const;
  /// The median of `theirs` by that of troupe; none if one of them is missing.
  std::optional<double> ratio(std::string_view theirs) const;
};

/// A line for each contestant of a figure: median, spread, ratio and what was wanted.
std::string lines_of(const service_row& r);
/// All rows as a JSON list.
std::string service_json(const std::vector<service_row>& rows);

}  // namespace bench
