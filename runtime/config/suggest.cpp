#include <algorithm>
#include <numeric>
#include <troupe/config/suggest.hpp>

namespace troupe::configuration {

namespace {

// Longer names than any key are not worth comparing, and would make an odd file slow to report.
constexpr std::size_t compared_bytes_max = 128;

bool opens_or_ends(std::string_view part, std::string_view name, char separator) noexcept {
  if (part.empty() || part.size() >= name.size()) return false;
  return (name.starts_with(part) && name[part.size()] == separator) ||
         (name.ends_with(part) && name[name.size() - part.size() - 1] == separator);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const std::size_t change = last[k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1);
      row[k] = std::min({last[k] + 1, row[k - 1] + 1, change});
      if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
        row[k] = std::min(row[k], before_last[k - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string_view nearest(std::string_view wrong, const std::vector<std::string>& known, char separator) {
  if (wrong.size() > compared_bytes_max) return {};
  const std::size_t near = std::max<std::size_t>(1, wrong.size() / 3);
  std::string_view best;
  std::size_t best_distance = near + 1;
  for (const auto& name : known) {
    const std::size_t longer = std::max(name.size(), wrong.size());
    if (longer - std::min(name.size(), wrong.size()) > near) continue;
    const std::size_t distance = edit_distance(wrong, name);
    if (distance < best_distance && distance < wrong.size()) best = name, best_distance = distance;
  }
  if (!best.empty()) return best;
  for (const auto& name : known)
    if (opens_or_ends(wrong, name, separator)) return name;
  return {};
}

}  // namespace troupe::configuration
