#include "service/driver/table.hpp"

#include <algorithm>
#include <cstdio>

namespace bench {
namespace {

template <class... Args>
std::string format(const char* how, Args... args) {
  char buffer[200];
  std::snprintf(buffer, sizeof buffer, how, args...);
  return buffer;
}

}  // namespace

std::vector<double>& service_row::of(std::string_view who) {
  const auto at = std::find_if(by.begin(), by.end(), [who](const auto& b) { return b.first == who; });
  return at != by.end() ? at->second : by.emplace_back(who, std::vector<double>{}).second;
}

std::optional<summary> service_row::summed(std::string_view who) const {
  for (const auto& [name, runs] : by)
    if (name == who && !runs.empty())
      return summary{median(runs), *std::min_element(runs.begin(), runs.end()),
                     *std::max_element(runs.begin(), runs.end()), runs.size()};
  return std::nullopt;
}

std::optional<double> service_row::ratio(std::string_view theirs) const {
  const auto a = summed(theirs), b = summed("troupe");
  if (!a || !b || b->median <= 0) return std::nullopt;
  return a->median / b->median;
}

std::string lines_of(const service_row& r) {
  std::string out;
  for (const auto& [who, runs] : r.by) {
    const auto s = r.summed(who);
    if (!s) continue;
    out += format("%-14s %u %-12s %-9s %9.4g (%.4g-%.4g)", r.figure.c_str(), r.workers, r.unit.c_str(),
                  who.c_str(), s->median, s->low, s->high);
    if (const auto times = r.ratio(who); times && who != "troupe") {
      const double wanted = service_target(r.figure, who);
      out += format("  %.2f x", *times);
      if (wanted > 0) out += format(*times >= wanted ? " of %.2f" : " < %.2f MISSED", wanted);
    }
    out += "\n";
  }
  return out;
}

std::string service_json(const std::vector<service_row>& rows) {
  std::string out = "[";
  for (const service_row& r : rows) {
    out += (out.size() == 1 ? "\n  " : ",\n  ");
    out += "{\"figure\":\"" + r.figure + "\",\"workers\":" + std::to_string(r.workers) + ",\"unit\":\"" +
           r.unit + "\"";
    for (const auto& [who, runs] : r.by) {
      const auto s = r.summed(who);
      if (!s) continue;
      out += format(",\"%s\":%.6g,\"%s_low\":%.6g,\"%s_high\":%.6g,\"%s_runs\":%zu", who.c_str(), s->median,
                    who.c_str(), s->low, who.c_str(), s->high, who.c_str(), s->runs);
      if (const auto times = r.ratio(who); times && who != "troupe") {
        out += format(",\"ratio_%s\":%.6g", who.c_str(), *times);
        if (const double wanted = service_target(r.figure, who); wanted > 0)
          out += format(",\"target_%s\":%.6g", who.c_str(), wanted);
      }
    }
    out += "}";
  }
  return out + "\n]\n";
}

}  // namespace bench
