#include <algorithm>
#include <troupe/base/check.hpp>
#include <troupe/config/config.hpp>
#include <troupe/config/library_keys.hpp>
#include <troupe/config/parse.hpp>

namespace troupe {

const config_setting& config::at(std::string_view name, source_location asker) const {
  for (const auto& s : settings_)
    if (s.name == name) return s;
  broken_invariant(("config key \"" + std::string(name) + "\" is asked for and in no schema").c_str(), asker);
}

template <class T>
const T& config::get(std::string_view name, std::string_view asked, source_location asker) const {
  const auto& s = at(name, asker);
  if (const T* v = std::get_if<T>(&s.value)) return *v;
  broken_invariant(("config key \"" + s.name + "\" is of kind " + std::string(to_string(s.type)) +
                    ", asked for as " + std::string(asked))
                       .c_str(),
                   asker);
}

bool config::get_bool(std::string_view name, source_location asker) const {
  return get<bool>(name, "BOOLEAN", asker);
}

std::int64_t config::get_int(std::string_view name, source_location asker) const {
  return get<std::int64_t>(name, "INTEGER", asker);
}

double config::get_real(std::string_view name, source_location asker) const {
  return get<double>(name, "NUMBER", asker);
}

std::string config::get_text(std::string_view name, source_location asker) const {
  return get<std::string>(name, "TEXT", asker);
}

duration config::get_duration(std::string_view name, source_location asker) const {
  return get<duration>(name, "DURATION", asker);
}

std::uint64_t config::get_bytes(std::string_view name, source_location asker) const {
  return get<byte_count>(name, "BYTES", asker).n;
}

config_list config::get_list(std::string_view name, source_location asker) const {
  return get<config_list>(name, "LIST", asker);
}

std::vector<std::string> config::items(std::string_view group) const {
  std::vector<std::string> out;
  for (const auto& s : settings_)
    if (!s.item.empty() && s.group == group && std::find(out.begin(), out.end(), s.item) == out.end())
      out.push_back(s.item);
  return out;
}

config_table config::get_table(std::string_view name, source_location asker) const {
  return get<config_table>(name, "TABLE", asker);
}

std::string config::where(std::string_view name, source_location asker) const {
  return at(name, asker).where;
}

config config::defaults(const config_schema& service) {
  config_schema schema = service;
  schema.add(library_keys());
  auto parsed = parse_config({}, schema);
  if (!parsed)
    broken_invariant(("no configuration of defaults: " + parsed.error().lines.front()).c_str(), TROUPE_HERE);
  return std::move(*parsed);
}

}  // namespace troupe
