// What troupe_sim shows of one seed: a view of its events, or the chain that led to a failure.
#pragma once

#include <string>
#include <troupe/simulate/views.hpp>
#include <vector>

namespace simulations {

/// The options about it.
class looking {
 public:
  /// Whether that is one of them; each has a value.
  static bool takes(const std::string& option);
  /// Sets one. What is wrong with the value, "" for nothing.
  std::string set(const std::string& option, const std::string& value);
  /// Whether anything is to be shown.
  bool is_on() const { return !view_.empty() || !why_.empty(); }
  /// What is shown of those events.
  std::string shown(const std::vector<troupe::sim::line>& lines) const;

 private:
  std::string view_;
  std::string why_;
  troupe::line_choice which_;
  troupe::clock_of clocks_ = troupe::clock_of::host;
};

/// Hands on the events of the first run: a seed that fails is run again.
troupe::sim::record::sink first_run(troupe::sim::record::sink to);

}  // namespace simulations
