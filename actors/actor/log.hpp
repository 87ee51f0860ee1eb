// Log lines from inside an actor, in the format language of {fmt} (std::format's):
//
//     troupe::log_info("moved {} cents from {} to {}", m.cents, m.from, m.to);
//
// Each line carries the actor's path and, where the message belongs to a trace, the trace's id (observe/trace_context.hpp). Messages
// with a contract, refs, errors and traces are arguments like any other.
//
// Rules
//  LG1 A line whose level nobody listens to is not made: it costs one comparison.
//  LG2 The format is checked when it is compiled. What still fails (a formatter that throws) is logged as an error that shows the format.
//  LG3 They may be called by anything that a handler calls. On a thread that runs no actor the line goes to standard error; there use
//      `system::events().log`.
#pragma once

#include <fmt/core.h>

#include <string_view>
#include <troupe/cell/logging.hpp>
#include <troupe/contract/print.hpp>
#include <troupe/ref/ref.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

namespace detail {

/// Makes the line and writes it (LG2).
void log_formatted(log_level level, fmt::string_view format, fmt::format_args args) noexcept;

/// What a format gets from us (beside what {fmt} knows).
template <class T>
concept formatted_here =
    prints_itself<T> || contracted<T> || std::is_same_v<T, error> || std::is_same_v<T, errc>;

template <class... Args>
void log_at(log_level level, fmt::format_string<Args...> format, Args&&... args) {
  if (log_is_wanted(level)) log_formatted(level, format, fmt::make_format_args(args...));  // LG1
}

}  // namespace detail

/// A line of level debug (LG1-LG3).
template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  detail::log_at<Args...>(log_level::debug, format, std::forward<Args>(args)...);
}
/// A line of level info (LG1-LG3).
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  detail::log_at<Args...>(log_level::info, format, std::forward<Args>(args)...);
}
/// A line of level warning (LG1-LG3).
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  detail::log_at<Args...>(log_level::warning, format, std::forward<Args>(args)...);
}
/// A line of level error (LG1-LG3).
template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  detail::log_at<Args...>(log_level::error, format, std::forward<Args>(args)...);
}

}  // namespace troupe

/// Shows a value as dead letters and traces do (contract/print.hpp), cut to 1 KiB. Takes no format of its own.
template <troupe::detail::formatted_here T>
struct fmt::formatter<T> {
  constexpr auto parse(fmt::format_parse_context& in) { return in.begin(); }
  template <class Context>
  auto format(const T& value, Context& to) const {
    constexpr std::size_t bytes_max = 1024;
    troupe::bounded_text text{bytes_max};
    troupe::print_value(text, value);
    auto out = to.out();
    for (const char c : text.text()) *out++ = c;
    return out;
  }
};
