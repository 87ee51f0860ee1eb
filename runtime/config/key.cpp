#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <troupe/config/item.hpp>
#include <troupe/config/key.hpp>
#include <troupe/config/quantity.hpp>
#include <troupe/config/text.hpp>

namespace troupe {

namespace {

using configuration::find_invalid_utf8;
using configuration::in_quotes;
using configuration::printable;
using configuration::toml_key;
using configuration::trimmed;

bool is_none(const config_value& v) noexcept { return std::holds_alternative<std::monostate>(v); }

bool is_ordered(config_kind kind) noexcept {
  return kind == config_kind::integer || kind == config_kind::real || kind == config_kind::timespan ||
         kind == config_kind::bytes;
}

std::string_view noun(config_kind kind) noexcept {
  switch (kind) {
    case config_kind::boolean:
      return "true or false";
    case config_kind::integer:
      return "an integer";
    case config_kind::real:
      return "a number";
    case config_kind::text:
      return "text";
    case config_kind::timespan:
      return "a duration";
    case config_kind::bytes:
      return "a size in bytes";
    case config_kind::list:
      return "a list of texts";
    case config_kind::choice:
      return "one of";
    case config_kind::table:
      return "a table of texts";
  }
  return "a value";
}

// How it is written outside of the file, for the kinds where that is not plain from the noun.
std::string_view notation(config_kind kind) noexcept {
  switch (kind) {
    case config_kind::timespan:
      return ", written like 250ms, 5s, 2min or 1h";
    case config_kind::bytes:
      return ", written like 65536, 64KiB, 16MiB or 1GiB";
    case config_kind::list:
      return ", written like a,b";
    case config_kind::table:
      return ", written like a=x,b=y";
    default:
      return "";
  }
}

template <class Number>
std::optional<Number> number_from(std::string_view text) noexcept {
  Number n{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

// The items between the commas, nothing if one of them is empty. No text at all is no items.
std::optional<config_list> items_from(std::string_view text) {
  config_list items;
  if (trimmed(text).empty()) return items;
  for (;;) {
    const auto comma = text.find(',');
    const auto item = trimmed(text.substr(0, comma));
    if (item.empty()) return std::nullopt;
    items.emplace_back(item);
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

std::optional<config_table> table_from(std::string_view text) {
  const auto items = items_from(text);
  if (!items) return std::nullopt;
  config_table table;
  for (const std::string& item : *items) {
    const auto equals = item.find('=');
    if (equals == std::string::npos) return std::nullopt;
    const std::string name{trimmed(std::string_view(item).substr(0, equals))};
    const std::string value{trimmed(std::string_view(item).substr(equals + 1))};
    if (name.empty() || !table.emplace(name, value).second) return std::nullopt;
  }
  return table;
}

template <class T>
config_value some_or_none(std::optional<T> v) {
  return v ? config_value{std::move(*v)} : config_value{};
}

config_value read(config_kind kind, std::string_view text) {
  switch (kind) {
    case config_kind::boolean:
      return text == "true" ? config_value{true} : text == "false" ? config_value{false} : config_value{};
    case config_kind::integer:
      return some_or_none(number_from<std::int64_t>(text));
    case config_kind::real: {
      const auto n = number_from<double>(text);
      return n && std::isfinite(*n) ? config_value{*n} : config_value{};
    }
    case config_kind::text:
    case config_kind::choice:
      return std::string(text);
    case config_kind::timespan:
      return some_or_none(duration_from_text(text));
    case config_kind::bytes:
      return some_or_none(bytes_from_text(text));
    case config_kind::list:
      return some_or_none(items_from(text));
    case config_kind::table:
      return some_or_none(table_from(text));
  }
  return {};
}

// How an error shows a value of the key: texts are cut to a line's length.
std::string shown(const config_value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? in_quotes(*text) : printable(to_plain(value));
}

bool is_representable(const config_value& v) noexcept {
  if (const auto* d = std::get_if<duration>(&v)) return *d >= duration{0};
  if (const auto* b = std::get_if<byte_count>(&v)) return b->n <= std::uint64_t{INT64_MAX};
  if (const auto* r = std::get_if<double>(&v)) return std::isfinite(*r);
  return true;
}

bool is_name(std::string_view name) noexcept {
  std::size_t parts = 0;
  char before = '.';  // a name starts as each part does
  const std::size_t star = is_item_key(name) ? config_group(name).size() + 1 : name.size();
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool letter = (c >= 'a' && c <= 'z') || i == star;
    if (before == '.') {
      if (!letter) return false;
      ++parts;
    } else if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '.') {
      return false;
    }
    before = c;
  }
  return before != '.' && parts <= config_key_parts_max;
}

std::string range_problem(const config_key& key, const config_value& value) {
  const bool low = !is_none(key.min) && value < key.min;
  const bool high = !is_none(key.max) && key.max < value;
  return low || high ? "expected " + config_expected(key) + ", got " + shown(value) : "";
}

std::string limits_problem(const config_key& key, const config_value& value) {
  if (key.type != config_kind::choice) return range_problem(key, value);
  const auto& text = std::get<std::string>(value);
  const bool known = std::find(key.choices.begin(), key.choices.end(), text) != key.choices.end();
  return known ? "" : "expected " + config_expected(key) + ", got " + in_quotes(text);
}

}  // namespace

std::string config_expected(const config_key& key) {
  std::string out{noun(key.type)};
  for (std::size_t i = 0; i < key.choices.size(); ++i) out += (i ? ", " : " ") + key.choices[i];
  if (!is_none(key.min) && !is_none(key.max))
    return out + " from " + to_plain(key.min) + " to " + to_plain(key.max);
  if (!is_none(key.min)) return out + " of at least " + to_plain(key.min);
  if (!is_none(key.max)) return out + " of at most " + to_plain(key.max);
  return out;
}

std::string config_value_problem(const config_key& key, const config_value& value) {
  if (auto problem = limits_problem(key, value); !problem.empty()) return problem;
  if (!key.check) return "";
  const std::string problem = key.check(value);
  return problem.empty() ? "" : problem + ", got " + shown(value);
}

std::vector<std::string> config_entry_problems(const config_key& key, const config_value& value) {
  std::vector<std::string> out;
  const auto* table = std::get_if<config_table>(&value);
  if (!table) return out;
  const auto check = [&](const auto& problem_of, const std::string& name, const std::string& checked) {
    const std::string problem = problem_of ? problem_of(checked) : "";
    if (problem.empty()) return;
    out.push_back(key.name + '.' + printable(toml_key(name)) + ": " + problem + ", got " +
                  in_quotes(checked));
  };
  for (const auto& [name, text] : *table) {
    check(key.check_entry_name, name, name);
    check(key.check_entry_text, name, text);
  }
  return out;
}

result<config_value> config_value_from_text(const config_key& key, std::string_view text) {
  if (find_invalid_utf8(text)) return error{errc::invalid, "expected UTF-8, got " + in_quotes(text)};
  config_value value = read(key.type, text);
  if (is_none(value))
    return error{errc::invalid, "expected " + config_expected(key) + std::string(notation(key.type)) +
                                    ", got " + in_quotes(text)};
  if (auto problem = config_value_problem(key, value); !problem.empty())
    return error{errc::invalid, std::move(problem)};
  return value;
}

std::string config_key_problem(const config_key& key) {
  const std::string who = "config key " + in_quotes(key.name) + ": ";
  if (!is_name(key.name))
    return who + "a name is 1 to 8 parts of a-z, 0-9, _ and -, each starting with a letter, joined by dots";
  if (is_item_key(key.name) && key.type == config_kind::table) return who + "a key of items is no table";
  if (key.help.find('\n') != std::string::npos) return who + "the help is longer than one line";
  for (const auto* v : {&key.default_value, &key.min, &key.max}) {
    if (is_none(*v)) continue;
    if (!has_kind(*v, key.type)) return who + "its default, min and max must be of its own kind";
    if (!is_representable(*v)) return who + "its default, min and max can't be written in a file";
  }
  if (!is_ordered(key.type) && (!is_none(key.min) || !is_none(key.max)))
    return who + "only numbers, durations and bytes have a range";
  if (!is_none(key.min) && !is_none(key.max) && key.max < key.min) return who + "its min is above its max";
  if ((key.type == config_kind::choice) == key.choices.empty())
    return who + "a choice has choices, and nothing else does";
  if (key.type != config_kind::table && (key.check_entry_name || key.check_entry_text))
    return who + "only tables have entries to check";
  if (key.required)
    return is_none(key.default_value) ? "" : who + "it is required, so it can't have a default";
  const config_value value = is_none(key.default_value) ? empty_value(key.type) : key.default_value;
  if (auto problem = limits_problem(key, value); !problem.empty())
    return who + "give it a default within its limits or make it required: " + problem;
  return "";
}

}  // namespace troupe
