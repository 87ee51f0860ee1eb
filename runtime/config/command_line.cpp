#include <algorithm>
#include <troupe/config/command_line.hpp>
#include <troupe/config/item.hpp>
#include <troupe/config/source.hpp>
#include <troupe/config/suggest.hpp>
#include <troupe/config/text.hpp>

namespace troupe::configuration {

namespace {

std::string place(std::string_view option) { return "command line --" + printable(option); }

// What is said of one key, piece by piece, before it is a value.
struct pieces {
  key_of_item of;
  std::string name;  // of the key, as messages show it
  config_value value = {};
  bool wrong = false;
};

// The key an option sets: its own, that of an item, or the table it names an entry of (`--peers.n1`).
key_of_item key_of(std::string_view option, const config_schema& schema) {
  if (const auto* key = schema.find(option); key && !is_item_key(key->name)) return {key};
  for (const auto& key : schema.keys()) {
    if (const auto item = item_in(key.name, option)) return {&key, std::string{*item}};
    if (key.type == config_kind::table && option.size() > key.name.size() + 1 &&
        option.starts_with(key.name) && option[key.name.size()] == '.')
      return {&key};
  }
  return {nullptr};
}

// The value of one option: all of a scalar, a piece of a list or table. The error is the line's end.
result<config_value> piece_from(const command_line_option& option, const config_key& key) {
  if (!option.value && key.type != config_kind::boolean)
    return error{errc::invalid, "expected " + config_expected(key) +
                                    ", got nothing; a value that starts with -- is written --" +
                                    printable(option.name) + "=VALUE"};
  const std::string text = option.value.value_or("true");
  if (key.type == config_kind::table && option.name.size() > key.name.size()) {
    if (find_invalid_utf8(text) || find_invalid_utf8(option.name))
      return error{errc::invalid, "expected UTF-8, got " + in_quotes(text)};
    config_value entry;
    entry.emplace<config_table>().emplace(option.name.substr(key.name.size() + 1), text);
    return entry;
  }
  const bool in_pieces = key.type == config_kind::list || key.type == config_kind::table;
  if (!in_pieces) return config_value_from_text(key, text);
  // The check sees the whole, not each piece.
  config_key unchecked = key;
  unchecked.check = {};
  return config_value_from_text(unchecked, text);
}

// Puts a piece behind those that came before; what is wrong with that, "" for nothing.
std::string append(config_value& whole, config_value piece) {
  if (std::holds_alternative<std::monostate>(whole)) return whole = std::move(piece), "";
  if (auto* list = std::get_if<config_list>(&whole)) {
    for (auto& item : std::get<config_list>(piece)) list->push_back(std::move(item));
    return "";
  }
  auto* table = std::get_if<config_table>(&whole);
  if (!table) return "given twice";
  for (auto& [name, text] : std::get<config_table>(piece))
    if (!table->emplace(name, text).second) return in_quotes(name) + " is given twice";
  return "";
}

// The option that sets an item's key, as it is typed.
std::string option_of(const key_of_item& of) {
  const std::string_view group = config_group(of.key->name);
  return std::string{group} + '.' + of.item + of.key->name.substr(group.size() + 2);
}

std::string unknown(std::string_view option, const config_schema& schema) {
  std::vector<std::string> known;
  for (const auto& key : schema.keys()) known.push_back(key.name);
  for (const char* own : {"config", "help", "print-config"}) known.emplace_back(own);
  const auto near = nearest(option, known, '.');
  return place(option) + ": unknown key; " +
         (near.empty() ? "--help lists all keys" : "did you mean --" + std::string(near) + "?");
}

}  // namespace

command_line read_command_line(const std::vector<std::string>& arguments) {
  command_line out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "-h") {
      out.help = true;
      continue;
    }
    if (!argument.starts_with("--") || argument.size() == 2 || argument[2] == '=') {
      out.mistakes.push_back("command line: unexpected argument " + in_quotes(argument) +
                             "; a setting is written --key value or --key=value");
      continue;
    }
    const auto equals = argument.find('=');
    command_line_option option{argument.substr(2, equals == std::string::npos ? equals : equals - 2)};
    if (equals != std::string::npos) option.value = argument.substr(equals + 1);
    if (option.name == "help" || option.name == "print-config") {
      if (option.value) out.mistakes.push_back(place(option.name) + ": takes no value");
      (option.name == "help" ? out.help : out.print_config) = true;
      continue;
    }
    if (!option.value && i + 1 < arguments.size() && !arguments[i + 1].starts_with("--"))
      option.value = arguments[++i];
    if (option.name != "config")
      out.settings.push_back(std::move(option));
    else if (out.file)
      out.mistakes.push_back(place("config") + ": given twice");
    else if (!option.value || option.value->empty())
      out.mistakes.push_back(place("config") + ": expected the name of a file, got nothing");
    else
      out.file = std::move(option.value);
  }
  return out;
}

source source_from_command_line(const command_line& line, const config_schema& schema) {
  source out;
  out.mistakes = line.mistakes;
  std::vector<pieces> all;
  for (const auto& option : line.settings) {
    key_of_item of = key_of(option.name, schema);
    if (!of.key || find_invalid_utf8(of.item)) {
      out.mistakes.push_back(unknown(option.name, schema));
      continue;
    }
    const config_key& key = *of.key;
    if (!of.item.empty())
      out.items.push_back({std::string{config_group(key.name)}, of.item, place(option.name)});
    auto it = std::find_if(all.begin(), all.end(), [&](const pieces& p) { return p.of == of; });
    if (it == all.end()) {
      std::string name = of.item.empty() ? key.name : config_item_key(key.name, of.item);
      it = all.insert(all.end(), pieces{std::move(of), std::move(name)});
    }
    auto piece = piece_from(option, key);
    auto problems = piece ? config_entry_problems(key, *piece) : std::vector<std::string>{};
    const std::string problem = piece ? append(it->value, std::move(*piece)) : piece.error().text;
    if (!problem.empty()) problems.push_back(printable(it->name) + ": " + problem);
    if (!problems.empty()) it->wrong = true;
    for (const auto& p : problems) out.mistakes.push_back(place(option.name) + ": " + p);
  }
  for (auto& p : all) {
    const std::string problem = p.wrong ? "" : config_value_problem(*p.of.key, p.value);
    const std::string where = place(p.of.item.empty() ? p.name : option_of(p.of));
    if (!problem.empty()) out.mistakes.push_back(where + ": " + printable(p.name) + ": " + problem);
    if (p.wrong || !problem.empty())
      out.wrong.push_back(std::move(p.of));
    else
      out.values.push_back({p.of.key, std::move(p.value), where, p.of.item});
  }
  return out;
}

}  // namespace troupe::configuration
