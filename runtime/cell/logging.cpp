#include <cstdio>
#include <string>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/context.hpp>
#include <troupe/cell/logging.hpp>

namespace troupe {

bool log_is_wanted(log_level level) noexcept {
  const cell* const c = cell::current();
  return !c || c->env().events().wants(level);
}

void write_log(log_level level, std::string_view line) noexcept {
  if (const cell* const c = cell::current()) return write_log(*c, level, line);
  const std::string_view name = to_string(level);
  std::fprintf(stderr, "%.*s (no actor): %.*s\n", static_cast<int>(name.size()), name.data(),
               static_cast<int>(line.size()), line.data());
}

void write_log(const cell& of, log_level level, std::string_view line) noexcept {
  hub& events = of.env().events();
  if (!events.wants(level)) return;
  try {
    const auto trace = current_trace();
    if (!trace) return events.log(level, of.path(), line);
    events.log(level, of.path(), std::string{line} + " trace=" + to_string(*trace));
  } catch (...) {
    events.log(level, "log", line);  // no memory for a path: the line comes first
  }
}

}  // namespace troupe
