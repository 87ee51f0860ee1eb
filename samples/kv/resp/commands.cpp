#include "kv/resp/commands.hpp"

#include <iterator>

namespace kv::resp {
namespace {

// Redis quotes at most this many bytes of a name, and stops adding arguments once they take as many.
constexpr std::size_t quoted_bytes_max = 128;

constexpr bool table_follows_verbs() {
  for (std::size_t i = 0; i < std::size(command_table); ++i)
    if (static_cast<std::size_t>(command_table[i].id) != i) return false;
  return std::size(command_table) == static_cast<std::size_t>(verb::troupe) + 1;
}
static_assert(table_follows_verbs(), "command_table has one row for each verb, in the same order");

// `name` in any case against `lower`, which is in small letters.
bool same_name(std::string_view name, std::string_view lower) noexcept {
  if (name.size() != lower.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower[i]) return false;
  }
  return true;
}

bool right_count(const command_spec& spec, std::size_t count) noexcept {
  if (spec.arity >= 0) return count == static_cast<std::size_t>(spec.arity);
  if (count < static_cast<std::size_t>(-spec.arity)) return false;
  if (spec.most != 0 && count > spec.most) return false;
  return spec.key_step <= 1 ||
         (count - static_cast<std::size_t>(spec.first_key)) % static_cast<std::size_t>(spec.key_step) == 0;
}

}  // namespace

const command_spec* find_command(std::string_view name) noexcept {
  for (const command_spec& spec : command_table)
    if (same_name(name, spec.name)) return &spec;
  return nullptr;
}

std::string unknown_command(std::span<const std::string_view> arguments) {
  std::string quoted;
  for (const std::string_view argument : arguments.subspan(1)) {
    if (quoted.size() >= quoted_bytes_max) break;
    const auto part = argument.substr(0, quoted_bytes_max - quoted.size());
    quoted.append("'").append(part).append("' ");
  }
  std::string out = "ERR unknown command '";
  out.append(arguments.front().substr(0, quoted_bytes_max));
  return out.append("', with args beginning with: ").append(quoted);
}

std::string wrong_arguments(std::string_view name) {
  return std::string("ERR wrong number of arguments for '").append(name).append("' command");
}

checked_command check_command(std::span<const std::string_view> arguments) {
  const command_spec* const spec = find_command(arguments.front());
  if (!spec) return {nullptr, unknown_command(arguments)};
  if (!right_count(*spec, arguments.size())) return {nullptr, wrong_arguments(spec->name)};
  return {spec, {}};
}

}  // namespace kv::resp
