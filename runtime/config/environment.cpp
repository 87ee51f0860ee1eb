#include <algorithm>
#include <troupe/config/item.hpp>
#include <troupe/config/source.hpp>
#include <troupe/config/suggest.hpp>
#include <troupe/config/text.hpp>

namespace troupe::configuration {

const found* source::find(const config_key& key, std::string_view item) const noexcept {
  for (const auto& f : values)
    if (f.key == &key && f.item == item) return &f;
  return nullptr;
}

source source_from_environment(std::vector<std::pair<std::string, std::string>> variables,
                               const config_schema& schema) {
  const std::string prefix = schema.environment_prefix() + '_';
  std::erase_if(variables, [&](const auto& v) { return !v.first.starts_with(prefix); });
  // A process has its variables in no order that means anything; a report has one.
  std::stable_sort(variables.begin(), variables.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  variables.erase(std::unique(variables.begin(), variables.end(),
                              [](const auto& a, const auto& b) { return a.first == b.first; }),
                  variables.end());

  std::vector<const config_key*> keys;
  std::vector<std::string> known;
  for (const auto& key : schema.keys()) {
    if (is_item_key(key.name)) continue;  // I2
    keys.push_back(&key);
    known.push_back(schema.environment_name(key.name));
  }

  source out;
  for (const auto& [name, text] : variables) {
    const std::string where = "environment " + printable(name);
    const auto it = std::find(known.begin(), known.end(), name);
    if (it == known.end()) {
      // The prefix is always right here, so only what follows it says how near two names are.
      std::vector<std::string> tails;
      for (const auto& k : known) tails.push_back(k.substr(prefix.size()));
      const auto near = nearest(std::string_view(name).substr(prefix.size()), tails, '_');
      out.mistakes.push_back(
          where + ": unknown key; " +
          (near.empty() ? "--help lists all keys" : "did you mean " + prefix + std::string(near) + "?"));
      continue;
    }
    const config_key& key = *keys[static_cast<std::size_t>(it - known.begin())];
    auto value = config_value_from_text(key, text);
    const auto problems = value ? config_entry_problems(key, *value)
                                : std::vector<std::string>{key.name + ": " + value.error().text};
    for (const auto& problem : problems) out.mistakes.push_back(where + ": " + problem);
    if (problems.empty())
      out.values.push_back({&key, std::move(*value), where});
    else
      out.wrong.push_back({&key});
  }
  return out;
}

}  // namespace troupe::configuration
