#include "driver/output.hpp"

#include <cmath>
#include <cstdio>

namespace bench {
namespace {

template <class... Args>
std::string format(const char* how, Args... args) {
  char buffer[160];
  std::snprintf(buffer, sizeof buffer, how, args...);
  return buffer;
}

// Three digits that matter, without exponents.
std::string number(double n) {
  if (n >= 100) return format("%.0f", n);
  return n >= 10 ? format("%.1f", n) : format(n >= 1 ? "%.2f" : "%.3f", n);
}

std::string cell(const std::optional<summary>& s) {
  if (!s) return format("%25s", "-");
  const std::string spread = "(" + number(s->low) + "-" + number(s->high) + ")";
  return format("%9s %-15s", number(s->median).c_str(), spread.c_str());
}

std::string ratio_cell(std::optional<double> reached, double wanted) {
  if (!reached) return format("%14s", "-");
  const std::string aim = wanted > 0 ? (*reached >= wanted ? " of " : " < ") + number(wanted) : "";
  return format("%6s%-8s", number(*reached).c_str(), aim.c_str());
}

const std::optional<summary>& of(const compared_row& r, language l) {
  return r.by[static_cast<std::size_t>(l)];
}

std::string notes(const compared_row& r) {
  const target t = target_of(r.figure);
  std::string out;
  const auto add = [&out](const std::string& note) { out += (out.empty() ? "" : "; ") + note; };
  if (r.workers > 1 && r.c2c_ns > 0) add(format("%.0f ns ", r.c2c_ns) + std::string(to_string(r.mode)));
  const auto& ours = of(r, language::troupe);
  if (ours && t.most > 0)
    add(std::string(ours->median <= t.most ? "within " : "MORE THAN ") + number(t.most));
  if (const auto& bare = of(r, language::bare); ours && bare) {
    const double times = ours->median / bare->median;
    add("bare " + number(bare->median) + ", x" + number(times) +
        (t.of_bare > 0 ? (times <= t.of_bare ? " within " : " MORE THAN ") + number(t.of_bare) : ""));
  }
  return out;
}

std::string json_number(std::optional<double> n) {
  return n && std::isfinite(*n) ? format("%.6g", *n) : "null";
}

void add_summary(std::string& out, language l, const std::optional<summary>& s) {
  const std::string name(to_string(l));
  out += ",\"" + name + "\":" + json_number(s ? std::optional(s->median) : std::nullopt);
  if (!s) return;
  out += ",\"" + name + "_low\":" + json_number(s->low) + ",\"" + name + "_high\":" + json_number(s->high) +
         ",\"" + name + "_runs\":" + std::to_string(s->runs);
}

std::string to_json(const compared_row& r) {
  const target t = target_of(r.figure);
  const auto asked = [](double wanted) {
    return json_number(wanted > 0 ? std::optional(wanted) : std::nullopt);
  };
  std::string out = "{\"scenario\":\"" + r.figure + "\",\"workers\":" + std::to_string(r.workers);
  for (const language l : languages) add_summary(out, l, of(r, l));
  out += ",\"unit\":\"" + r.unit + "\"";
  for (const language l : {language::caf, language::erlang, language::bare})
    out += ",\"ratio_" + std::string(to_string(l)) + "\":" + json_number(r.ratio(l));
  out += ",\"target_caf\":" + asked(t.caf) + ",\"target_erlang\":" + asked(t.erlang) +
         ",\"target_of_bare\":" + asked(t.of_bare) + ",\"target_most\":" + asked(t.most);
  out += ",\"c2c_ns\":" + json_number(r.c2c_ns > 0 ? std::optional(r.c2c_ns) : std::nullopt) +
         ",\"mode\":\"" + std::string(to_string(r.mode)) + "\"}";
  return out;
}

}  // namespace

std::string table_head() {
  return format("%-16s %2s %-11s %-25s %-25s %-25s %-14s %-14s %s", "scenario", "w", "unit", "   troupe",
                "   caf", "   erlang", "  to caf", "  to erlang", "cores, limits");
}

std::string table_row(const compared_row& r) {
  const target t = target_of(r.figure);
  return format("%-16s %2u %-11s ", r.figure.c_str(), r.workers, r.unit.c_str()) +
         cell(of(r, language::troupe)) + " " + cell(of(r, language::caf)) + " " +
         cell(of(r, language::erlang)) + " " + ratio_cell(r.ratio(language::caf), t.caf) + " " +
         ratio_cell(r.ratio(language::erlang), t.erlang) + " " + notes(r);
}

std::string scale_lines(const std::vector<compared_row>& rows) {
  std::string out;
  for (const scaled& one : scaled_figures())
    for (const compared_row& large : rows) {
      if (large.figure != one.large) continue;
      for (const compared_row& small : rows) {
        if (small.figure != one.small || small.workers != large.workers) continue;
        const auto& a = of(small, language::troupe);
        const auto& b = of(large, language::troupe);
        if (!a || !b) continue;
        const double times = b->median / a->median;
        out += format("%s, %u workers: %.2f %s %.2f\n", one.says.c_str(), large.workers, times,
                      times <= one.times_max ? "within" : "MORE THAN", one.times_max);
      }
    }
  return out;
}

std::string to_json(const std::vector<compared_row>& rows) {
  std::string out = "[";
  for (std::size_t i = 0; i < rows.size(); ++i) out += (i == 0 ? "\n  " : ",\n  ") + to_json(rows[i]);
  return out + "\n]\n";
}

}  // namespace bench
