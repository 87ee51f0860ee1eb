#include <algorithm>
#include <array>
#include <troupe/base/check.hpp>
#include <troupe/config/item.hpp>
#include <troupe/config/schema.hpp>

namespace troupe {

namespace {

constexpr std::array<std::string_view, 3> taken = {"help", "config", "print-config"};

bool is_below(std::string_view name, std::string_view table) noexcept {
  return name.size() > table.size() && name.starts_with(table) && name[table.size()] == '.';
}

bool is_prefix(std::string_view prefix) noexcept {
  const auto allowed = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return !prefix.empty() && prefix.front() >= 'A' && prefix.front() <= 'Z' &&
         std::all_of(prefix.begin(), prefix.end(), allowed);
}

config_key made(std::string name, config_kind type) {
  config_key key;
  key.name = std::move(name);
  key.type = type;
  return key;
}

}  // namespace

config_schema::config_schema(std::string environment_prefix, source_location where)
    : prefix_(std::move(environment_prefix)) {
  if (!is_prefix(prefix_))
    broken_invariant(("config prefix \"" + prefix_ + "\": use A-Z, 0-9 and _, a letter first").c_str(),
                     where);
}

config_key& config_schema::add(config_key key, source_location where) {
  const std::string who = "config key \"" + key.name + "\": ";
  if (std::find(taken.begin(), taken.end(), key.name) != taken.end())
    broken_invariant((who + "the name is taken by the option --" + key.name).c_str(), where);
  for (const auto& other : keys_) {
    if (other.name == key.name) broken_invariant((who + "registered twice").c_str(), where);
    if (is_below(other.name, key.name) || is_below(key.name, other.name))
      broken_invariant((who + "can't be a table and a value, see \"" + other.name + '"').c_str(), where);
    if (configuration::item_in(other.name, key.name) || configuration::item_in(key.name, other.name))
      broken_invariant((who + "could be an item, see \"" + other.name + '"').c_str(), where);
    const std::string variable = environment_name(key.name);
    if (environment_name(other.name) == variable)
      broken_invariant((who + "has the environment name of \"" + other.name + "\", " + variable).c_str(),
                       where);
  }
  return keys_.emplace_back(std::move(key));
}

config_schema& config_schema::add(const config_schema& other, source_location where) {
  if (&other == this) broken_invariant("a config schema was added to itself", where);
  for (const auto& key : other.keys_) add(key, where);
  relations_.insert(relations_.end(), other.relations_.begin(), other.relations_.end());
  return *this;
}

config_key_builder<bool> config_schema::boolean(std::string name, source_location where) {
  return config_key_builder<bool>{add(made(std::move(name), config_kind::boolean), where)};
}

config_key_builder<std::int64_t> config_schema::integer(std::string name, source_location where) {
  return config_key_builder<std::int64_t>{add(made(std::move(name), config_kind::integer), where)};
}

config_key_builder<double> config_schema::real(std::string name, source_location where) {
  return config_key_builder<double>{add(made(std::move(name), config_kind::real), where)};
}

config_key_builder<std::string> config_schema::text(std::string name, source_location where) {
  return config_key_builder<std::string>{add(made(std::move(name), config_kind::text), where)};
}

config_key_builder<troupe::duration> config_schema::duration(std::string name, source_location where) {
  return config_key_builder<troupe::duration>{add(made(std::move(name), config_kind::timespan), where)};
}

config_key_builder<byte_count> config_schema::bytes(std::string name, source_location where) {
  return config_key_builder<byte_count>{add(made(std::move(name), config_kind::bytes), where)};
}

config_key_builder<config_list> config_schema::list(std::string name, source_location where) {
  return config_key_builder<config_list>{add(made(std::move(name), config_kind::list), where)};
}

config_key_builder<std::string> config_schema::choice(std::string name, std::vector<std::string> allowed,
                                                      source_location where) {
  config_key key = made(std::move(name), config_kind::choice);
  key.choices = std::move(allowed);
  return config_key_builder<std::string>{add(std::move(key), where)};
}

config_key_builder<config_table> config_schema::table(std::string name, source_location where) {
  return config_key_builder<config_table>{add(made(std::move(name), config_kind::table), where)};
}

config_schema& config_schema::relate(std::vector<std::string> keys,
                                     std::function<std::string(const config&)> problem) {
  relations_.push_back({std::move(keys), std::move(problem)});
  return *this;
}

config_schema& config_schema::relate_items(
    std::vector<std::string> keys, std::function<std::string(const config&, std::string_view item)> problem) {
  relations_.push_back({std::move(keys), {}, std::move(problem)});
  return *this;
}

const config_key* config_schema::find(std::string_view name) const noexcept {
  for (const auto& key : keys_)
    if (key.name == name) return &key;
  return nullptr;
}

bool config_schema::has_table(std::string_view name) const noexcept {
  return std::any_of(keys_.begin(), keys_.end(),
                     [&](const config_key& key) { return is_below(key.name, name); });
}

std::string config_schema::environment_name(std::string_view key) const {
  std::string out = prefix_ + '_';
  for (char c : key) {
    if (c == '.' || c == '-')
      out += '_';
    else
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

void config_schema::verify(source_location where) const {
  for (const auto& key : keys_)
    if (const auto problem = config_key_problem(key); !problem.empty())
      broken_invariant(problem.c_str(), where);
  for (const auto& relation : relations_) {
    if (relation.keys.empty() || (!relation.problem && !relation.item_problem))
      broken_invariant("a config relation needs keys and a check", where);
    const bool items = !relation.problem;
    for (const auto& name : relation.keys) {
      if (!find(name))
        broken_invariant(("a config relation is about \"" + name + "\", which is no key").c_str(), where);
      if (is_item_key(name) != items || (items && config_group(name) != config_group(relation.keys.front())))
        broken_invariant(("a config relation with \"" + name + "\" mixes items with what is none").c_str(),
                         where);
    }
  }
}

}  // namespace troupe
