#include <algorithm>
#include <array>
#include <cstddef>
#include <troupe/schema/command.hpp>
#include <troupe/schema/compare.hpp>

namespace troupe::schema {

namespace {

constexpr const char* usage =
    "usage: troupe_contract diff [--binary] [--strict] OLD NEW\n"
    "\n"
    "OLD and NEW are files with what troupe::contracts_json<Actors...>() printed in two versions of a "
    "program.\n"
    "Prints which change breaks whom.\n"
    "\n"
    "  --binary  nobody reads the JSON form: what only breaks that is safe\n"
    "  --strict  careful changes (old readers refuse what only the new program has) count as breaking\n"
    "\n"
    "Exit code: 0 compatible, 1 breaking, 2 bad arguments or files.\n";

struct options {
  bool binary = false;
  bool strict = false;
  bool help = false;
  std::vector<std::string> files;
};

command_result bad(const std::string& why) { return {2, {}, "troupe_contract: " + why + "\n"}; }

/// The options, or why they are none.
result<options> parse(const std::vector<std::string>& arguments) {
  const auto invalid = [](std::string why) { return error{errc::invalid, std::move(why)}; };
  options out;
  if (std::find(arguments.begin(), arguments.end(), "--help") != arguments.end()) {
    out.help = true;
    return out;
  }
  if (arguments.empty()) return invalid("say what to do: troupe_contract diff OLD NEW; --help says more");
  if (arguments[0] != "diff") return invalid("there is no command '" + arguments[0] + "', only diff");
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--binary")
      out.binary = true;
    else if (word == "--strict")
      out.strict = true;
    else if (word.starts_with("--"))
      return invalid("there is no option '" + word + "', only --binary and --strict");
    else
      out.files.push_back(word);
  }
  if (out.files.size() != 2)
    return invalid("diff takes two files, OLD and NEW, not " + std::to_string(out.files.size()));
  return out;
}

result<contract_set> load(const std::string& path, const read_file& read) {
  const auto text = read(path);
  if (!text) return error{text.error().code, path + ": " + text.error().text};
  auto set = from_text(*text);
  if (!set) return error{set.error().code, path + ": " + set.error().text};
  return set;
}

command_result report(std::vector<change> changes, const options& chosen) {
  const auto verdict_here = [&chosen](const change& c) { return verdict_of(c, chosen.binary); };
  std::stable_sort(changes.begin(), changes.end(),
                   [&](const change& a, const change& b) { return verdict_here(a) > verdict_here(b); });
  command_result out;
  std::array<std::size_t, 3> counts{};
  for (const change& c : changes) {
    ++counts[static_cast<std::size_t>(verdict_here(c))];
    out.out += to_line(c, chosen.binary) + "\n";
  }
  const auto [safe_count, careful_count, breaking_count] = counts;
  out.out += std::to_string(breaking_count) + " breaking, " + std::to_string(careful_count) + " careful, " +
             std::to_string(safe_count) + " safe\n";
  out.code = breaking_count > 0 || (chosen.strict && careful_count > 0) ? 1 : 0;
  return out;
}

}  // namespace

command_result run_command(const std::vector<std::string>& arguments, const read_file& read) {
  const auto chosen = parse(arguments);
  if (!chosen) return bad(chosen.error().text);
  if (chosen->help) return {0, usage, {}};
  const auto was = load(chosen->files[0], read);
  if (!was) return bad(was.error().text);
  const auto now = load(chosen->files[1], read);
  if (!now) return bad(now.error().text);
  return report(compare(*was, *now), *chosen);
}

}  // namespace troupe::schema
