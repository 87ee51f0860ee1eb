#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <troupe/base/check.hpp>
#include <troupe/config/item.hpp>
#include <troupe/config/parse.hpp>
#include <troupe/config/source.hpp>
#include <troupe/config/text.hpp>

namespace troupe {

namespace {

using configuration::key_of_item;
using configuration::source;

source source_from_file(const std::optional<config_file>& file, const config_schema& schema) {
  if (!file) return {};
  if (file->text) return configuration::source_from_toml(file->name, *file->text, schema);
  source out;
  out.readable = false;
  out.mistakes.push_back(file->text.error().text);
  return out;
}

/// An item and the place where the highest source names it; both empty for a key that is not one of items.
struct item_place {
  std::string item = {};
  std::string where = {};
};

// A required key that nobody has set.
std::string missing(const config_key& key, const config_setting& unset, const item_place& of,
                    const config_schema& schema) {
  const std::string expected = "missing, expected " + config_expected(key);
  if (!of.item.empty()) return of.where + ": " + configuration::printable(unset.name) + ": " + expected;
  return key.name + ": " + expected + "; set it in the file, as --" + key.name + " or as " +
         schema.environment_name(key.name);
}

// The setting in effect; a mistake in `mistakes` when there is none. `highest` comes first.
config_setting settle(const config_key& key, const item_place& its, const std::array<source, 3>& highest,
                      const config_schema& schema, std::vector<std::string>& mistakes) {
  const std::string& item = its.item;
  config_setting out{key.name, key.type, {}, "default"};
  if (!item.empty()) {
    out.name = config_item_key(key.name, item);
    out.group = config_group(key.name);
    out.item = item;
  }
  for (const auto& s : highest) {
    if (const auto* f = s.find(key, item)) {
      out.value = f->value;
      out.where = f->where;
      return out;
    }
  }
  const bool stated = key.default_value.index() != 0;
  out.value = stated ? key.default_value : empty_value(key.type);
  // What a source got wrong is reported already, and what an unreadable one says nobody knows.
  const key_of_item of{&key, item};
  const bool unknown = std::any_of(highest.begin(), highest.end(), [&](const source& s) {
    return !s.readable || std::find(s.wrong.begin(), s.wrong.end(), of) != s.wrong.end();
  });
  if (unknown) return out;
  if (key.required)
    mistakes.push_back(missing(key, out, its, schema));
  else if (stated) {
    if (const auto problem = config_value_problem(key, out.value); !problem.empty())
      mistakes.push_back("default: " + key.name + ": " + problem);
    for (const auto& problem : config_entry_problems(key, out.value))
      mistakes.push_back("default: " + problem);
  }
  return out;
}

// All settings, those of an item together (I1).
std::vector<config_setting> settle_all(const std::array<source, 3>& highest, const config_schema& schema,
                                       std::vector<std::string>& mistakes) {
  std::vector<config_setting> out;
  std::set<std::string, std::less<>> groups;  // that are settled
  for (const auto& key : schema.keys()) {
    if (!is_item_key(key.name)) {
      out.push_back(settle(key, {}, highest, schema, mistakes));
      continue;
    }
    const std::string group{config_group(key.name)};
    if (!groups.insert(group).second) continue;
    std::map<std::string, std::string> items;  // and where they are named
    for (const auto& s : highest)
      for (const auto& named : s.items)
        if (named.group == group) items.emplace(named.item, named.where);
    for (const auto& [item, where] : items)
      for (const auto& other : schema.keys())
        if (is_item_key(other.name) && config_group(other.name) == group)
          out.push_back(settle(other, {item, where}, highest, schema, mistakes));
  }
  return out;
}

// What is wrong with a relation, said at the first of its keys that somebody has set (C3).
void tell(const config& settings, const std::vector<std::string>& keys, const std::string& problem,
          std::vector<std::string>& mistakes) {
  if (problem.empty()) return;
  const auto set = std::find_if(keys.begin(), keys.end(),
                                [&](const auto& key) { return settings.where(key) != "default"; });
  const std::string& key = set == keys.end() ? keys.front() : *set;
  mistakes.push_back(settings.where(key) + ": " + configuration::printable(key) + ": " + problem);
}

// C3: what does not fit together, each at the place where it was set.
void check_relations(const config& settings, const config_schema& schema,
                     std::vector<std::string>& mistakes) {
  for (const auto& relation : schema.relations()) {
    if (relation.problem) {
      tell(settings, relation.keys, relation.problem(settings), mistakes);
      continue;
    }
    for (const auto& item : settings.items(config_group(relation.keys.front()))) {
      std::vector<std::string> keys;
      for (const auto& key : relation.keys) keys.push_back(config_item_key(key, item));
      tell(settings, keys, relation.item_problem(settings, item), mistakes);
    }
  }
}

void cap(std::vector<std::string>& lines) {
  if (lines.size() <= config_mistakes_max) return;
  const std::size_t more = lines.size() - config_mistakes_max;
  lines.resize(config_mistakes_max);
  lines.push_back("and " + std::to_string(more) + " more");
}

}  // namespace

void throw_exception_from_error(const config_errors& errors, const boost::source_location&) {
  std::string text;
  for (const auto& line : errors.lines) text += (text.empty() ? "" : "\n") + line;
  throw failed{error{errc::invalid, std::move(text)}};
}

config_result parse_config(const config_sources& sources, const config_schema& schema) {
  schema.verify();
  const auto line = configuration::read_command_line(sources.arguments);
  check(sources.file || !line.file, "parse_config got a --config without the file it names");

  const std::array<source, 3> highest = {configuration::source_from_command_line(line, schema),
                                         configuration::source_from_environment(sources.environment, schema),
                                         source_from_file(sources.file, schema)};
  std::vector<std::string> mistakes;
  for (auto s = highest.rbegin(); s != highest.rend(); ++s)
    mistakes.insert(mistakes.end(), s->mistakes.begin(), s->mistakes.end());
  std::vector<config_setting> settings = settle_all(highest, schema, mistakes);
  if (mistakes.empty()) {
    config whole{std::move(settings)};
    check_relations(whole, schema, mistakes);
    if (mistakes.empty()) return whole;
  }
  cap(mistakes);
  return config_errors{std::move(mistakes)};
}

}  // namespace troupe
