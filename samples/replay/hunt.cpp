#include "hunt.hpp"

#include <troupe/simulate/views.hpp>

namespace replay {

using namespace std::chrono_literals;

namespace {

constexpr int messages_drawn = 12;
constexpr std::size_t links_max = 6;

/// When the last messages begin.
troupe::time_point begin_of_end(const std::vector<troupe::sim::line>& lines) {
  int left = messages_drawn;
  for (auto at = lines.rbegin(); at != lines.rend(); ++at)
    if (at->about.kind == troupe::sim::line_kind::handles && --left == 0) return at->at;
  return {};
}

troupe::simulation simulation_of(const seeds& which, const settings& how) {
  troupe::simulation what;
  what.first_seed = which.first;
  what.last_seed = which.last;
  what.plan = mishaps();
  what.faults = which.faults;
  what.lines_told = 0;  // they are drawn
  what.again = std::string{"replay --fence "} + to_string(how.how);
  return what;
}

}  // namespace

troupe::simulated hunt(const seeds& which, const settings& how) {
  return troupe::simulate(simulation_of(which, how), bank(how));
}

std::string drawn(const troupe::simulated_failure& f, const settings& how) {
  auto what = simulation_of({f.seed, f.seed, f.faults}, how);
  what.shrink_runs_max = 0;
  std::vector<troupe::sim::line> lines;
  what.world.lines_to = [&lines](const troupe::sim::line& l) {
    if (l.number == 1) lines.clear();  // a seed that fails is run twice
    lines.push_back(l);
  };
  troupe::simulate(what, bank(how));
  if (lines.empty()) return {};
  std::string out = troupe::as_mermaid(lines, {.from = begin_of_end(lines)});
  out += "\n" + to_string(troupe::why(lines, "account:/user/account", links_max));
  return out;
}

const char* to_string(fence f) {
  switch (f) {
    case fence::none:
      return "none";
    case fence::writes:
      return "writes";
    default:
      return "all";
  }
}

}  // namespace replay
