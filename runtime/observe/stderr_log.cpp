#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <troupe/observe/stderr_log.hpp>

namespace troupe {

namespace {

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

hub::log_sink stderr_log(std::string name) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>(std::move(name), std::move(sink));
  logger->set_pattern("%H:%M:%S.%e %n %l %v");
  logger->set_level(spdlog::level::trace);  // the hub has filtered already
  return [logger](log_level level, std::string_view where, std::string_view line) {
    logger->log(to_spdlog(level), "{}: {}", where, line);
    logger->flush();
  };
}

}  // namespace troupe
