// Log lines of whoever runs now: under the path of its actor, with the trace it belongs to.
#pragma once

#include <string_view>
#include <troupe/observe/log_level.hpp>

namespace troupe {

class cell;

/// Whether a line of that level would be written for whoever runs now. Thread-safe.
bool log_is_wanted(log_level level) noexcept;

/// Logs a line under the path of the actor that runs on this thread, followed by ` trace=ID/SPAN` where it belongs to a trace. On a
/// thread that runs no actor it goes to standard error: there is no system to say it to, and it must not be lost. Thread-safe.
void write_log(log_level level, std::string_view line) noexcept;

/// The same for a given actor; the trace is that of the code that runs now. Thread-safe.
void write_log(const cell& of, log_level level, std::string_view line) noexcept;

}  // namespace troupe
