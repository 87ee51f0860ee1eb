// The commands that the service answers, as Redis' COMMAND describes them, and the checks that come before a
// command is run: is it known, does it have the right number of arguments. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kv::resp {

/// A command, for a `switch`.
enum class verb : std::uint8_t {
  ping,
  echo,
  set,
  get,
  del,
  exists,
  incr,
  mget,
  mset,
  append,
  strlen,
  dbsize,
  info,
  config,
  command,
  quit,
  troupe
};

/// What a command does to its keys.
enum class effect : std::uint8_t {
  none,   ///< it has no keys
  reads,  ///< flag `readonly`
  writes  ///< flag `write`
};

/// One row of the table.
struct command_spec {
  verb id;
  std::string_view name;   ///< in small letters
  std::int32_t arity;      ///< arguments with the name: exactly so many, or at least so many when negative
  std::size_t most;        ///< arguments with the name at most; 0 for no limit beyond the parser's
  effect on_keys;          ///< what it does to its keys
  std::int32_t first_key;  ///< the argument that is the first key; 0 when it has none
  std::int32_t last_key;   ///< the argument that is the last key; -1 for the last of all
  std::int32_t key_step;   ///< from one key to the next
};

/// Every command, in the order of `verb`.
inline constexpr command_spec command_table[] = {
    {verb::ping, "ping", -1, 2, effect::none, 0, 0, 0},
    {verb::echo, "echo", 2, 0, effect::none, 0, 0, 0},
    {verb::set, "set", -3, 0, effect::writes, 1, 1, 1},
    {verb::get, "get", 2, 0, effect::reads, 1, 1, 1},
    {verb::del, "del", -2, 0, effect::writes, 1, -1, 1},
    {verb::exists, "exists", -2, 0, effect::reads, 1, -1, 1},
    {verb::incr, "incr", 2, 0, effect::writes, 1, 1, 1},
    {verb::mget, "mget", -2, 0, effect::reads, 1, -1, 1},
    {verb::mset, "mset", -3, 0, effect::writes, 1, -1, 2},
    {verb::append, "append", 3, 0, effect::writes, 1, 1, 1},
    {verb::strlen, "strlen", 2, 0, effect::reads, 1, 1, 1},
    {verb::dbsize, "dbsize", 1, 0, effect::none, 0, 0, 0},
    {verb::info, "info", -1, 0, effect::none, 0, 0, 0},
    {verb::config, "config", -2, 0, effect::none, 0, 0, 0},
    {verb::command, "command", -1, 0, effect::none, 0, 0, 0},
    {verb::quit, "quit", -1, 0, effect::none, 0, 0, 0},
    {verb::troupe, "troupe", -2, 0, effect::none, 0, 0, 0},
};

/// The row of a command; `name` may be written in any case. Null when there is none. Does not allocate.
const command_spec* find_command(std::string_view name) noexcept;

/// `ERR unknown command 'foo', with args beginning with: 'a' 'b' `, cut short as Redis does. REQUIRES: not
/// empty.
std::string unknown_command(std::span<const std::string_view> arguments);

/// `ERR wrong number of arguments for 'get' command`. A subcommand is named `config|get`.
std::string wrong_arguments(std::string_view name);

/// A request that has been looked up.
struct checked_command {
  const command_spec* spec;  ///< null when the request is refused
  std::string error;         ///< the reply that refuses it, without the leading '-'; empty when it may be run
};

/// Looks a request up and counts its arguments; the values of MSET must pair up with its keys. REQUIRES: not
/// empty.
checked_command check_command(std::span<const std::string_view> arguments);

}  // namespace kv::resp
