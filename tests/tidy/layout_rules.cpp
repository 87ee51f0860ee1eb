// Rules about the tree as a whole: each room introduces itself, and no folder is outside of the table.
#include <algorithm>
#include <set>
#include <string>

#include "rules.hpp"

namespace tidy {
namespace {

bool has(const std::vector<std::string>& paths, std::string_view path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

// Below the title: one paragraph. What needs more is a page of docs/.
void check_paragraph(const std::string& readme, const std::vector<std::string_view>& lines, findings& out) {
  const auto blank = [](std::string_view line) { return trim(line).empty(); };
  std::size_t at = 1;
  while (at < lines.size() && blank(lines[at])) ++at;
  if (at == lines.size()) {
    out.push_back({readme, 1, "room-readme", "its title is followed by one paragraph: what the room is for"});
    return;
  }
  while (at < lines.size() && !blank(lines[at])) {
    const std::string_view line = trim(lines[at++]);
    if (line.starts_with('#') || line.starts_with("- ") || line.starts_with('|') || line.starts_with("```"))
      out.push_back({readme, at, "room-readme", "a paragraph has no headings, lists, tables and code"});
  }
  while (at < lines.size() && blank(lines[at])) ++at;
  if (at < lines.size())
    out.push_back({readme, at + 1, "room-readme", "one paragraph; more of it belongs into a page of docs/"});
}

void check_readme(const room& r, const std::vector<std::string>& paths,
                  std::string (*read)(const std::string&), findings& out) {
  const std::string readme = r.path + "/README.md";
  if (!has(paths, readme)) {
    out.push_back(
        {readme, 0, "room-readme", "a room has a README.md of one paragraph that begins with its name"});
    return;
  }
  const std::string text = read(readme);
  const auto lines = split_lines(text);
  const std::string title = "# " + std::string(r.name());
  if (lines.empty() || !(lines.front() == title || lines.front().starts_with(title + " ") ||
                         lines.front().starts_with(title + ":")))
    out.push_back({readme, 1, "room-readme", "its first line is '" + title + "'"});
  if (!r.sample && !r.free) check_paragraph(readme, lines, out);
}

// The document shows a room as `name`, and a pure one as `name =`.
void check_documented(const room& r, std::string_view architecture, findings& out) {
  const std::string plain = "`" + std::string(r.name()) + "`";
  const std::string pure = "`" + std::string(r.name()) + " =`";
  const std::string& wanted = r.pure ? pure : plain;
  if (architecture.find(wanted) == std::string_view::npos)
    out.push_back({"docs/architecture.md", 0, "room-documented",
                   "does not show " + wanted + " as tests/tidy/rooms.txt has " + r.path});
}

}  // namespace

void check_layout(const std::vector<std::string>& paths, const room_table& table,
                  std::string (*read)(const std::string& path), findings& out) {
  std::set<std::string> unknown;
  for (const std::string& path : paths) {
    const bool held = in_library(path) || is_in(path, "samples");
    const bool code = path.ends_with(".hpp") || path.ends_with(".cpp");
    if (held && code && !table.of_file(path) && unknown.insert(path.substr(0, path.rfind('/'))).second)
      out.push_back({path, 0, "room-unknown", "its folder is no room of tests/tidy/rooms.txt"});
  }
  for (const allowed_call& a : table.allowed)
    if (!has(paths, a.file))
      out.push_back({std::string(room_table_path), a.line, "stale-exception", "there is no " + a.file});
  const bool documented = has(paths, "docs/architecture.md");
  const std::string architecture = documented ? read("docs/architecture.md") : std::string();
  for (const room& r : table.rooms) {
    const bool lives =
        std::any_of(paths.begin(), paths.end(), [&r](const std::string& p) { return is_in(p, r.path); });
    if (lives) check_readme(r, paths, read, out);
    if (documented && !r.sample && !r.free) check_documented(r, architecture, out);
  }
}

}  // namespace tidy
