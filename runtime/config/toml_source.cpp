// Header-only unless the build says otherwise: then no other file needs to know the parser, and nothing links
// it.
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <troupe/config/file_text.hpp>
#include <troupe/config/item.hpp>
#include <troupe/config/quantity.hpp>
#include <troupe/config/source.hpp>
#include <troupe/config/suggest.hpp>
#include <troupe/config/text.hpp>

namespace troupe::configuration {

namespace {

std::size_t line_at(std::string_view text, std::size_t offset) noexcept {
  return 1 +
         static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<long>(offset), '\n'));
}

// Where a key has more dots than allowed, nothing if none has. Follows strings and comments only as far as
// needed to tell a key's dots from theirs. The parser limits how deep brackets nest, but not how deep dotted
// keys do.
std::optional<std::size_t> find_too_many_dots(std::string_view text) noexcept {
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      const std::string_view three = text.substr(i, 3);
      const bool long_one = three.size() == 3 && three[1] == c && three[2] == c;
      for (i += long_one ? 3 : 1; i < text.size(); ++i) {
        if (c == '"' && text[i] == '\\')
          ++i;
        else if (long_one ? text.substr(i, 3) == three : text[i] == c || text[i] == '\n')
          break;
      }
      i += long_one ? 2 : 0;
    } else if (c == '#') {
      while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
    } else if (c == '\n' || c == '=' || c == ',' || c == '[' || c == '{') {
      dots = 0;
    } else if (c == '.' && ++dots > file_key_dots_max) {
      return i;
    }
  }
  return std::nullopt;
}

std::string shown(const toml::node& node) {
  if (const auto* v = node.as_string()) return in_quotes(v->get());
  if (const auto* v = node.as_integer()) return std::to_string(v->get());
  if (const auto* v = node.as_floating_point()) return to_plain(v->get());
  if (const auto* v = node.as_boolean()) return v->get() ? "true" : "false";
  if (node.is_array()) return "an array";
  if (node.is_table()) return "a table";
  return "a date or time";
}

std::string_view notation(config_kind kind) noexcept {
  switch (kind) {
    case config_kind::text:
      return ", written like \"abc\"";
    case config_kind::timespan:
      return ", written like \"250ms\", \"5s\", \"2min\" or \"1h\"";
    case config_kind::bytes:
      return ", written like 65536, \"64KiB\", \"16MiB\" or \"1GiB\"";
    case config_kind::list:
      return ", written like [\"a\", \"b\"]";
    case config_kind::choice:
      return ", in quotes";
    case config_kind::table:
      return ", written like { a = \"x\", b = \"y\" }";
    default:
      return "";
  }
}

// One file on its way into a `source`.
class toml_reader {
 public:
  toml_reader(std::string_view name, const config_schema& schema) : name_(printable(name)), schema_(schema) {}

  /// A table on the way: its name as the file has it; the same as the schema has it, with a `*` for the item; the item.
  struct place_in_file {
    std::string name = {};
    std::string key = {};
    std::string item = {};

    place_in_file below(std::string_view part) const {
      return {joined(name, toml_key(part)), joined(key, toml_key(part)), item};
    }
    place_in_file of_item(std::string_view part) const {
      return {joined(name, toml_key(part)), key + ".*", std::string(part)};
    }
    static std::string joined(const std::string& table, const std::string& part) {
      return table.empty() ? part : table + '.' + part;
    }
  };

  void read(const toml::table& table, const place_in_file& at) {
    for (const auto& [key, node] : table) {
      const std::size_t line = key.source().begin.line;
      const auto* inner = node.as_table();
      const place_in_file here = at.below(key.str());
      if (const auto* known = schema_.find(here.key)) {
        take({known, here.item}, node, line);
      } else if (inner && !key.str().empty() && at.item.empty() && is_group(at.key)) {
        // An empty one has no keys to tell of it (I1).
        out_.items.push_back({at.key, std::string(key.str()), place(line)});
        read(*inner, at.of_item(key.str()));
      } else if (inner && (!inner->empty() || schema_.has_table(here.key))) {
        read(*inner, here);
      } else {
        unknown(here, line);
      }
    }
  }

  // The parser hands keys out by name; a person reads from the top.
  source finish() {
    std::stable_sort(mistakes_.begin(), mistakes_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [line, text] : mistakes_) out_.mistakes.push_back(place(line) + ": " + std::move(text));
    return std::move(out_);
  }

 private:
  std::string place(std::size_t line) const { return name_ + ':' + std::to_string(line); }

  void mistake(std::size_t line, std::string text) { mistakes_.emplace_back(line, std::move(text)); }

  bool is_group(std::string_view name) const {
    return std::any_of(schema_.keys().begin(), schema_.keys().end(), [&](const config_key& key) {
      return is_item_key(key.name) && config_group(key.name) == name;
    });
  }

  void unknown(const place_in_file& at, std::size_t line) {
    std::vector<std::string> known;
    for (const auto& key : schema_.keys()) {
      const bool same_item = !at.item.empty() && is_item_key(key.name) &&
                             at.key.starts_with(std::string(config_group(key.name)) + ".*.");
      known.push_back(same_item ? config_item_key(key.name, at.item) : key.name);
    }
    const auto near = nearest(at.name, known, '.');
    mistake(line, "unknown key " + printable(at.name) + "; " +
                      (near.empty() ? "--help lists all keys" : "did you mean " + printable(near) + "?"));
  }

  std::string unexpected(const config_key& key, const toml::node& node) const {
    std::string hint{notation(key.type)};
    const auto* text = node.as_string();
    if (hint.empty() && text && config_value_from_text(key, text->get())) hint = ", without quotes";
    return "expected " + config_expected(key) + hint + ", got " + shown(node);
  }

  void take(const key_of_item& of, const toml::node& node, std::size_t line) {
    config_key key = *of.key;
    if (!of.item.empty()) key.name = printable(config_item_key(key.name, of.item));
    const std::size_t mistakes_before = mistakes_.size();
    config_value value = value_of(key, node);
    if (mistakes_.size() == mistakes_before) {
      const bool none = std::holds_alternative<std::monostate>(value);
      const auto problem = none ? unexpected(key, node) : config_value_problem(key, value);
      if (problem.empty()) return out_.values.push_back({of.key, std::move(value), place(line), of.item});
      mistake(line, key.name + ": " + problem);
    }
    out_.wrong.push_back(of);
  }

  // "None" if the node is nothing the key takes. Items of lists and tables report their own mistakes.
  config_value value_of(const config_key& key, const toml::node& node) {
    const auto* text = node.as_string();
    const auto* integer = node.as_integer();
    switch (key.type) {
      case config_kind::boolean:
        if (const auto* v = node.as_boolean()) return v->get();
        return {};
      case config_kind::integer:
        return integer ? config_value{integer->get()} : config_value{};
      case config_kind::real:
        if (integer) return static_cast<double>(integer->get());
        if (const auto* v = node.as_floating_point(); v && std::isfinite(v->get())) return v->get();
        return {};
      case config_kind::text:
      case config_kind::choice:
        return text ? config_value{text->get()} : config_value{};
      case config_kind::timespan:
        if (const auto d = text ? duration_from_text(text->get()) : std::nullopt) return *d;
        return {};
      case config_kind::bytes:
        if (integer && integer->get() >= 0) return byte_count{static_cast<std::uint64_t>(integer->get())};
        if (const auto b = text ? bytes_from_text(text->get()) : std::nullopt) return *b;
        return {};
      case config_kind::list:
        return list_of(key, node);
      case config_kind::table:
        return table_of(key, node);
    }
    return {};
  }

  config_value list_of(const config_key& key, const toml::node& node) {
    const auto* array = node.as_array();
    if (!array) return {};
    config_list list;
    for (std::size_t i = 0; i < array->size(); ++i) {
      const toml::node& item = (*array)[i];
      if (const auto* text = item.as_string())
        list.push_back(text->get());
      else
        mistake(item.source().begin.line, key.name + ": expected text in quotes as item " +
                                              std::to_string(i + 1) + ", got " + shown(item));
    }
    return list;
  }

  config_value table_of(const config_key& key, const toml::node& node) {
    const auto* table = node.as_table();
    if (!table) return {};
    config_table out;
    for (const auto& [name, item] : *table) {
      const std::size_t line = name.source().begin.line;
      if (const auto* text = item.as_string()) {
        config_table entry{{std::string(name.str()), text->get()}};
        for (auto& problem : config_entry_problems(key, entry)) mistake(line, std::move(problem));
        out.merge(entry);
      } else {
        mistake(line, key.name + '.' + printable(toml_key(name.str())) + ": expected text in quotes, got " +
                          shown(item));
      }
    }
    return out;
  }

  std::string name_;
  const config_schema& schema_;
  source out_;
  std::vector<std::pair<std::size_t, std::string>> mistakes_;
};

source unreadable(std::string line) {
  source out;
  out.readable = false;
  out.mistakes.push_back(std::move(line));
  return out;
}

}  // namespace

source source_from_toml(std::string_view name, std::string_view text, const config_schema& schema) {
  const std::string file = printable(name);
  if (text.size() > config_file_bytes_max) return unreadable(too_large_text(name));
  if (const auto at = find_invalid_utf8(text))
    return unreadable(file + ':' + std::to_string(line_at(text, *at)) + ": not UTF-8, byte " +
                      printable(text.substr(*at, 1)));
  if (const auto at = find_too_many_dots(text))
    return unreadable(file + ':' + std::to_string(line_at(text, *at)) + ": a key has more than " +
                      std::to_string(file_key_dots_max) + " dots");
  try {
    const toml::table table = toml::parse(text);
    toml_reader reader(name, schema);
    reader.read(table, {});
    return reader.finish();
  } catch (const toml::parse_error& e) {
    return unreadable(file + ':' + std::to_string(e.source().begin.line) +
                      ": TOML syntax: " + printable(e.description()));
  }
}

}  // namespace troupe::configuration
