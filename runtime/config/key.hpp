// One key, as data: what a setting is called, what it may be, what it is when nobody sets it. Rooms and
// services describe their settings with these; help, parsing and errors all read the same description.
//
// Rules
//  K1 A name is a dotted path of 1 to 8 parts, each of a-z, 0-9, '_' and '-', starting with a letter:
//     `listen.port`. In the file it is a key in a table, on the command line `--listen.port`, in the
//     environment `PREFIX_LISTEN_PORT`: dots and dashes become underscores, letters upper case. One part that is neither
//     the first nor the last may be `*`: item.hpp says what that means. Such a key is no table.
//  K2 A key is either required or has a default. Without a stated default it is the empty value of its kind,
//     which must then be within the limits.
//  K3 Limits and checks apply to what any source says, even if a higher source overrides it: a mistake in a
//     file does not hide behind a command line. A stated default that is in effect is checked too.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/config/value.hpp>
#include <vector>

namespace troupe {

/// The most parts a key's name has.
inline constexpr std::size_t config_key_parts_max = 8;

/// One key. A plain value; see `config_schema` for shorter ways to make one.
struct config_key {
  std::string name;                       ///< dotted path, unique in its schema (K1)
  config_kind type = config_kind::text;   ///< what it is
  config_value default_value = {};        ///< "none": the empty value of the kind (K2)
  bool required = false;                  ///< some source must set it; then there is no default
  std::string help = {};                  ///< one line for a person
  config_value min = {};                  ///< smallest allowed, numbers, durations and bytes only
  config_value max = {};                  ///< largest allowed, numbers, durations and bytes only
  std::vector<std::string> choices = {};  ///< the allowed texts of a `choice`
  std::function<std::string(const config_value&)> check =
      {};  ///< what is wrong with a value, "" for nothing; pure
  std::function<std::string(const std::string&)> check_entry_name =
      {};  ///< what is wrong with the name of a table's entry, "" for nothing; pure
  std::function<std::string(const std::string&)> check_entry_text =
      {};  ///< what is wrong with the text of a table's entry, "" for nothing; pure
};

/// What the key takes, for a sentence: `an integer from 0 to 65535`, `one of debug, info`. Pure.
std::string config_expected(const config_key& key);

/// The value `text` means for this key, as the environment and the command line write it: lists as `a,b`,
/// tables as `a=x,b=y`. Checked against limits and `check` (K3), the entries of a table not. The error's text says
/// what was expected and what came. Pure, as far as `key.check` is.
result<config_value> config_value_from_text(const config_key& key, std::string_view text);

/// What is wrong with `value` by limits and `check` (K3), as an error's text; "" for nothing. REQUIRES: it is
/// of the key's kind.
std::string config_value_problem(const config_key& key, const config_value& value);

/// What is wrong with the entries of a table, a line each, which names the entry:
/// `peers.n1: needs a port, got "h"`. None for any other kind. A source says the place of each (K3).
std::vector<std::string> config_entry_problems(const config_key& key, const config_value& value);

/// What is wrong with the key itself (K1, K2, kinds that do not match), as a text that names it; "" for
/// nothing. Pure.
std::string config_key_problem(const config_key& key);

}  // namespace troupe
