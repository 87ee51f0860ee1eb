#include "sim/looking.hpp"

#include <charconv>
#include <optional>

namespace simulations {

using troupe::sim::line;

namespace {

/// `8.997144500`, as the log prints times, with or without an `s` behind it.
std::optional<troupe::duration> seconds_of(std::string_view text) {
  if (text.ends_with('s')) text.remove_suffix(1);
  const std::string_view whole = text.substr(0, text.find('.'));
  std::string digits{text.substr(std::min(text.size(), whole.size() + 1))};
  constexpr std::size_t ns_digits = 9;
  if (whole.empty() || digits.size() > ns_digits) return {};
  digits.resize(ns_digits, '0');
  digits.insert(0, whole);
  std::int64_t ns = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), ns);
  if (problem != std::errc{} || end != digits.data() + digits.size() || ns < 0) return {};
  return troupe::duration{ns};
}

}  // namespace

bool looking::takes(const std::string& option) {
  for (const char* const one : {"--view", "--from", "--to", "--only", "--clocks", "--why"})
    if (option == one) return true;
  return false;
}

std::string looking::set(const std::string& option, const std::string& value) {
  if (option == "--view") {
    if (value != "json" && value != "mermaid" && value != "shiviz")
      return "--view " + value + ": expected json, mermaid or shiviz";
    view_ = value;
  } else if (option == "--from" || option == "--to") {
    const auto at = seconds_of(value);
    if (!at) return option + " " + value + ": expected a time of the log, like 1.5s";
    (option == "--from" ? which_.from : which_.to) = troupe::time_point{*at};
  } else if (option == "--clocks") {
    if (value != "host" && value != "actor") return "--clocks " + value + ": expected host or actor";
    clocks_ = value == "actor" ? troupe::clock_of::actor : troupe::clock_of::host;
  } else {
    if (const std::string why = troupe::problem_of_choice(value); !why.empty()) return option + ": " + why;
    if (option == "--only")
      which_.only.push_back(value);
    else
      why_ = value;
  }
  return {};
}

std::string looking::shown(const std::vector<line>& lines) const {
  std::string out;
  if (view_ == "mermaid") out += as_mermaid(lines, which_);
  if (view_ == "shiviz") out += as_shiviz(lines, which_, clocks_);
  if (view_ == "json")
    for (const line& l : lines)
      if (is_chosen(which_, l)) out += troupe::as_json(l) + "\n";
  if (!why_.empty()) {
    out += to_string(troupe::why(lines, why_));
    if (out.empty()) out = "nobody that '" + why_ + "' means has handled anything\n";
  }
  return out;
}

troupe::sim::record::sink first_run(troupe::sim::record::sink to) {
  return [to = std::move(to), runs = 0u](const line& l) mutable {
    if (l.number == 1) ++runs;
    if (runs == 1) to(l);
  };
}

}  // namespace simulations
