// tidy: holds the tree to the rules of the house. Run it from the repository root; see README.md.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include "rules.hpp"

namespace {

constexpr int exit_clean = 0;
constexpr int exit_findings = 1;
constexpr int exit_cannot_run = 2;

int fail(const std::string& text) {
  std::fprintf(stderr, "tidy: %s\n", text.c_str());
  return exit_cannot_run;
}

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// What git tracks, and what it would if it were added.
bool list_files(std::vector<std::string>& out) {
  std::FILE* const pipe = popen("git ls-files -z -co --exclude-standard --deduplicate", "r");
  if (!pipe) return false;
  std::string path;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    if (c != '\0') {
      path.push_back(static_cast<char>(c));
      continue;
    }
    out.push_back(path);
    path.clear();
  }
  return pclose(pipe) == 0;
}

// What fuzzers begin with is what somebody else may send, and keeps no rule of ours.
bool is_data(const std::string& path) { return path.starts_with("tests/fuzz/seeds/"); }

bool is_text(const std::string& text) { return text.find('\0') == std::string::npos; }

}  // namespace

int main() {
  std::vector<std::string> paths;
  if (!list_files(paths)) return fail("git ls-files failed; run it from the repository root");
  // A file that was deleted but is still in the index is nobody's concern.
  std::erase_if(paths, [](const std::string& path) { return !std::ifstream(path).good(); });

  const std::string table_path(tidy::room_table_path);
  if (!std::ifstream(table_path).good())
    return fail(table_path + " is missing; run it from the repository root");
  tidy::room_table table;
  if (const std::string error = parse_rooms(read(table_path), table); !error.empty())
    return fail(table_path + ":" + error);

  tidy::findings found;
  std::size_t files = 0;
  for (const std::string& path : paths) {
    std::string text = read(path);
    if (!is_text(text) || is_data(path)) continue;
    ++files;
    const tidy::source file(path, std::move(text));
    check_text(file, found);
    check_includes(file, table, found);
    check_calls(file, table, found);
    check_docs(file, found);
  }
  check_layout(paths, table, read, found);

  std::sort(found.begin(), found.end(), [](const tidy::finding& a, const tidy::finding& b) {
    return std::tie(a.file, a.line, a.rule, a.message) < std::tie(b.file, b.line, b.rule, b.message);
  });
  for (const tidy::finding& f : found)
    std::printf("%s:%zu: %s: %s\n", f.file.c_str(), f.line, f.rule.c_str(), f.message.c_str());
  std::printf("tidy: %zu files, %zu findings\n", files, found.size());
  return found.empty() ? exit_clean : exit_findings;
}
