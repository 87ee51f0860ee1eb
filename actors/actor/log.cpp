#include <fmt/format.h>

#include <string>
#include <troupe/actor/log.hpp>

namespace troupe::detail {

void log_formatted(log_level level, fmt::string_view format, fmt::format_args args) noexcept {
  try {
    return write_log(level, fmt::vformat(format, args));
  } catch (const std::exception& failure) {
    try {
      return write_log(log_level::error, "a log line could not be made of '" +
                                             std::string{format.data(), format.size()} +
                                             "': " + failure.what());
    } catch (...) {
    }
  } catch (...) {
  }
  write_log(log_level::error, "a log line could not be made");
}

}  // namespace troupe::detail
