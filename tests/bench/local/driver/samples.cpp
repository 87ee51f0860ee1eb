#include "driver/samples.hpp"

#include <algorithm>
#include <limits>

namespace bench {
namespace {

constexpr double near_ns_max = 60;
constexpr double far_ns_min = 100;

std::size_t least_runs(const row& r, core_mode m) {
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const auto& runs : r.samples)
    if (!runs.empty())
      least = std::min<std::size_t>(
          least, static_cast<std::size_t>(
                     std::count_if(runs.begin(), runs.end(), [m](const sample& s) { return s.mode == m; })));
  return least == std::numeric_limits<std::size_t>::max() ? 0 : least;
}

}  // namespace

std::string_view to_string(core_mode m) noexcept {
  switch (m) {
    case core_mode::none:
      return "";
    case core_mode::near:
      return "near";
    case core_mode::between:
      return "between";
    case core_mode::far:
      return "far";
    case core_mode::mixed:
      return "mixed";
  }
  return "";
}

core_mode mode_of(double c2c_ns) noexcept {
  if (c2c_ns < near_ns_max) return core_mode::near;
  return c2c_ns > far_ns_min ? core_mode::far : core_mode::between;
}

core_mode mode_of_run(double before_ns, double after_ns) noexcept {
  return mode_of(before_ns) == mode_of(after_ns) ? mode_of(before_ns) : core_mode::mixed;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values.at(middle) : (values.at(middle - 1) + values.at(middle)) / 2;
}

std::optional<double> compared_row::ratio(language theirs) const {
  const auto& ours = by[static_cast<std::size_t>(language::troupe)];
  const auto& other = by[static_cast<std::size_t>(theirs)];
  if (!ours || !other || !(ours->median > 0)) return {};
  return other->median / ours->median;
}

core_mode comparable_mode(const row& r) {
  core_mode best = core_mode::mixed;
  std::size_t most = 0;
  for (const core_mode m : {core_mode::none, core_mode::near, core_mode::between, core_mode::far}) {
    if (const std::size_t runs = least_runs(r, m); runs > most) {
      best = m;
      most = runs;
    }
  }
  return best;
}

std::size_t comparable_runs(const row& r) { return least_runs(r, comparable_mode(r)); }

compared_row compare(const row& r) {
  const core_mode mode = comparable_mode(r);
  compared_row out{.figure = r.figure, .workers = r.workers, .unit = r.unit, .mode = mode, .c2c_ns = 0};
  std::vector<double> latencies;
  for (std::size_t l = 0; l < language_count; ++l) {
    std::vector<double> values;
    for (const sample& s : r.samples[l]) {
      if (mode != core_mode::mixed && s.mode != mode) continue;
      values.push_back(s.value);
      latencies.push_back(s.c2c_ns);
    }
    if (values.empty()) continue;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    out.by[l] = summary{median(values), *low, *high, values.size()};
  }
  if (!latencies.empty()) out.c2c_ns = median(latencies);
  return out;
}

}  // namespace bench
