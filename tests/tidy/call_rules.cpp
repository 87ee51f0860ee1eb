// Calls that would make a run depend on something the system does not know of: time, chance, threads,
// sockets.
#include <algorithm>
#include <array>
#include <string>

#include "rules.hpp"

namespace tidy {
namespace {

// A type of the standard's clocks may be named: a point in time that somebody else has asked for.
bool names_type(std::string_view code, std::size_t end) {
  const auto rest = code.substr(end);
  return rest.starts_with("::time_point") || rest.starts_with("::duration") || rest.starts_with("::rep") ||
         rest.starts_with("::period");
}

struct banned_call {
  std::string_view text;
  std::string_view instead;
};

constexpr std::string_view ask_clock = "ask the system's port::clock";
constexpr std::string_view ask_entropy = "ask the system's port::entropy, or seed a prng from it";
constexpr std::string_view use_timer = "use a timer";
constexpr std::string_view use_dispatcher = "spawn an actor on a dispatcher";

constexpr std::array<banned_call, 20> banned_calls = {{
    {"steady_clock", ask_clock},
    {"system_clock", ask_clock},
    {"high_resolution_clock", ask_clock},
    {"utc_clock", ask_clock},
    {"clock_gettime", ask_clock},
    {"gettimeofday", ask_clock},
    {"std::time(", ask_clock},
    {"sleep_for", use_timer},
    {"sleep_until", use_timer},
    {"usleep", use_timer},
    {"nanosleep", use_timer},
    {"std::random_device", ask_entropy},
    {"rand(", ask_entropy},
    {"srand(", ask_entropy},
    {"getrandom", ask_entropy},
    {"std::thread", use_dispatcher},
    {"std::jthread", use_dispatcher},
    {"std::async", use_dispatcher},
    {"pthread_create", use_dispatcher},
    {"::socket(", "use the system's port::transport, or actors/io"},
}};

// The exception the table makes for this file and call, null if there is none.
const allowed_call* allowed_in(std::string_view path, const banned_call& banned, const room_table& table) {
  std::string_view name = banned.text;
  if (name.ends_with('(')) name.remove_suffix(1);
  const auto found = std::find_if(table.allowed.begin(), table.allowed.end(),
                                  [&](const allowed_call& a) { return a.call == name && a.file == path; });
  return found == table.allowed.end() ? nullptr : &*found;
}

}  // namespace

void check_calls(const source& file, const room_table& table, findings& out) {
  if (!file.is_cpp()) return;
  const room* const here = table.of_file(file.path());
  if ((here && (here->free || here->os)) || (!in_library(file.path()) && !file.in("samples"))) return;
  const std::string code = blank_directives(file.code());
  for (const banned_call& banned : banned_calls) {
    const allowed_call* const allowed = allowed_in(file.path(), banned, table);
    bool found = false;
    for (const std::size_t at : find_word(code, banned.text)) {
      if (banned.instead == ask_clock && names_type(code, at + banned.text.size())) continue;
      // `x::socket(` is somebody's own function.
      if (banned.text.starts_with("::") && at > 0 && is_word(code[at - 1])) continue;
      found = true;
      if (allowed) break;
      const auto line = static_cast<std::size_t>(
          std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
      std::string name(banned.text);
      if (name.ends_with('(')) name += ')';
      out.push_back({file.path(), line + 1, "banned-call", name + ": " + std::string(banned.instead)});
    }
    if (allowed && !found)
      out.push_back({std::string(room_table_path), allowed->line, "stale-exception",
                     file.path() + " has no " + allowed->call + " any more; take the line away"});
  }
}

}  // namespace tidy
