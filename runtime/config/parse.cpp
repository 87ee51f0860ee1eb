#include <algorithm>
#include <array>
#include <iterator>
#include <troupe/base/check.hpp>
#include <troupe/config/parse.hpp>
#include <troupe/config/source.hpp>

namespace troupe {

namespace {

using configuration::source;

source source_from_file(const std::optional<config_file>& file, const config_schema& schema) {
  if (!file) return {};
  if (file->text) return configuration::source_from_toml(file->name, *file->text, schema);
  source out;
  out.readable = false;
  out.mistakes.push_back(file->text.error().text);
  return out;
}

// The setting in effect; a mistake in `mistakes` when there is none. `highest` comes first.
config_setting settle(const config_key& key, const std::array<source, 3>& highest,
                      const config_schema& schema, std::vector<std::string>& mistakes) {
  for (const auto& s : highest)
    if (const auto* f = s.find(key)) return {key.name, key.type, f->value, f->where};

  const bool stated = key.default_value.index() != 0;
  config_setting out{key.name, key.type, stated ? key.default_value : empty_value(key.type), "default"};
  // What a source got wrong is reported already, and what an unreadable one says nobody knows.
  const bool unknown = std::any_of(highest.begin(), highest.end(), [&](const source& s) {
    return !s.readable || std::find(s.wrong.begin(), s.wrong.end(), &key) != s.wrong.end();
  });
  if (unknown) return out;
  if (key.required)
    mistakes.push_back(key.name + ": missing, expected " + config_expected(key) +
                       "; set it in the file, as --" + key.name + " or as " +
                       schema.environment_name(key.name));
  else if (stated) {
    if (const auto problem = config_value_problem(key, out.value); !problem.empty())
      mistakes.push_back("default: " + key.name + ": " + problem);
    for (const auto& problem : config_entry_problems(key, out.value))
      mistakes.push_back("default: " + problem);
  }
  return out;
}

// C3: what does not fit together, each at the place where it was set.
void check_relations(const config& settings, const config_schema& schema,
                     std::vector<std::string>& mistakes) {
  for (const auto& relation : schema.relations()) {
    const std::string problem = relation.problem(settings);
    if (problem.empty()) continue;
    const auto set = std::find_if(relation.keys.begin(), relation.keys.end(),
                                  [&](const auto& key) { return settings.where(key) != "default"; });
    const std::string& key = set == relation.keys.end() ? relation.keys.front() : *set;
    mistakes.push_back(settings.where(key) + ": " + key + ": " + problem);
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
  std::vector<config_setting> settings;
  for (const auto& key : schema.keys()) settings.push_back(settle(key, highest, schema, mistakes));

  if (mistakes.empty()) {
    config whole{std::move(settings)};
    check_relations(whole, schema, mistakes);
    if (mistakes.empty()) return whole;
  }
  cap(mistakes);
  return config_errors{std::move(mistakes)};
}

}  // namespace troupe
