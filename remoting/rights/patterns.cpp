#include <troupe/base/path_pattern.hpp>
#include <troupe/rights/patterns.hpp>
#include <utility>

namespace troupe::rights {

namespace {

constexpr std::string_view types_behind = ": ";

std::string_view trimmed(std::string_view text) noexcept {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool is_within(std::string_view path, std::string_view top) noexcept {
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

}  // namespace

std::string name_pattern_problem(std::string_view pattern) {
  const auto star = pattern.find('*');
  if (!pattern.empty() && (star == std::string_view::npos || star + 1 == pattern.size())) return {};
  return "expected a name, or its beginning with a * for its end";
}

bool name_matches(std::string_view pattern, std::string_view name) noexcept {
  if (!pattern.ends_with('*')) return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

std::string reach_pattern_problem(std::string_view pattern) {
  if (is_within(pattern, "/system"))
    return "expected a path below /user or a resolver's name: nobody outside reaches what the system has "
           "started";
  if (is_within(pattern, "/user")) return path_pattern_problem(pattern);
  if (!pattern.starts_with('/')) return path_pattern_problem(pattern);
  // The names of a resolver, /shards/*, follow the same rules.
  return path_pattern_problem("/user" + std::string{pattern});
}

// A pattern is a path of which some names are stars, and a star is no other name's pattern.
bool covers(std::string_view wide, std::string_view narrow) noexcept {
  constexpr std::string_view all_below = "/**";
  if (narrow.ends_with(all_below) && !wide.ends_with(all_below)) return false;
  return path_matches(wide, narrow);
}

result<send_entry> parse_send_entry(std::string_view text) {
  const auto wrong = [](std::string why) { return error{errc::invalid, std::move(why)}; };
  send_entry out;
  const auto colon = text.rfind(types_behind);
  out.path = trimmed(text.substr(0, colon));
  if (std::string problem = reach_pattern_problem(out.path); !problem.empty())
    return wrong(std::move(problem));
  if (text.ends_with(':')) return wrong("expected types of messages behind the colon, or no colon");
  if (colon == std::string_view::npos) return out;
  bool all = false;
  for (std::string_view left = trimmed(text.substr(colon + types_behind.size()));;) {
    const std::string_view type = left.substr(0, left.find(' '));
    if (!name_pattern_problem(type).empty() || type.find(',') != std::string_view::npos)
      return wrong(
          "expected the wire names of messages behind the colon, with blanks between them, like bank.query "
          "desk.*");
    all = all || type == "*";  // said at length
    out.types.emplace_back(type);
    left = trimmed(left.substr(type.size()));
    if (left.empty()) break;
  }
  if (all) out.types.clear();
  return out;
}

}  // namespace troupe::rights
