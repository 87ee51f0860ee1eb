#include <troupe/config/help.hpp>
#include <troupe/config/item.hpp>

namespace troupe {

namespace {

constexpr std::string_view how =
    " [--config FILE] [--KEY VALUE]...\n"
    "\n"
    "The command line wins over the environment, the environment over the file, the file over the defaults.\n"
    "Durations are written 250ms, 5s, 2min or 1h; sizes 65536, 64KiB, 16MiB or 1GiB; lists a,b; tables "
    "a=x,b=y.\n"
    "\n"
    "  --config FILE\n"
    "      read settings from this TOML file\n"
    "  --print-config\n"
    "      print the settings in effect and where they came from, then exit\n"
    "  --help\n"
    "      print this, then exit\n";

// The option as help shows it: `--dispatcher.NAME.kind` where each item has one.
std::string option(const config_key& key) {
  if (!is_item_key(key.name)) return "  --" + key.name;
  const auto group = config_group(key.name);
  return "  --" + std::string(group) + ".NAME" + key.name.substr(group.size() + 2);
}

std::string entry(const config_key& key, const config_schema& schema) {
  std::string out = option(key) + ' ' + std::string(to_string(key.type)) + '\n';
  if (!key.help.empty()) out += "      " + key.help + '\n';
  const auto& value = key.default_value.index() ? key.default_value : empty_value(key.type);
  out += "      " + config_expected(key) + "; " + (key.required ? "required" : "default " + to_plain(value));
  return is_item_key(key.name) ? out + '\n'  // I2
                               : out + "; environment " + schema.environment_name(key.name) + '\n';
}

}  // namespace

std::string config_help(std::string_view program, const config_schema& schema) {
  std::string out = "usage: " + std::string(program) + std::string(how);
  if (!schema.keys().empty()) out += "\nKeys:\n";
  for (const auto& key : schema.keys()) out += entry(key, schema);
  return out;
}

std::string config_listing(const config& settings) {
  std::string out;
  for (const auto& s : settings.settings())
    out += s.name + " = " + to_toml(s.value) + "  # " + s.where + '\n';
  return out;
}

}  // namespace troupe
