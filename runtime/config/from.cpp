#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <troupe/config/command_line.hpp>
#include <troupe/config/config.hpp>
#include <troupe/config/file_text.hpp>
#include <troupe/config/help.hpp>
#include <troupe/config/library_keys.hpp>
#include <troupe/config/parse.hpp>

namespace troupe {

namespace {

constexpr int exit_code_mistakes = 2;  // as shells and most tools use it for a wrong command line

std::vector<std::pair<std::string, std::string>> environment_of_process() {
  std::vector<std::pair<std::string, std::string>> out;
  if (!environ) return out;
  for (char** variable = environ; *variable; ++variable) {
    const std::string_view text = *variable;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

[[noreturn]] void print_and_exit(const std::string& text, std::FILE* to, int code) {
  std::fputs(text.c_str(), to);
  std::exit(code);
}

/// What a program is started with, and what it knows.
struct setting_up {
  config_schema schema;
  config_sources sources = {};
  configuration::command_line line = {};
};

setting_up gather(int argc, const char* const* argv, const config_schema& service) {
  setting_up out{service};
  out.schema.add(library_keys());
  out.schema.verify();
  if (argc > 1) out.sources.arguments.assign(argv + 1, argv + argc);
  out.line = configuration::read_command_line(out.sources.arguments);
  return out;
}

config_result parse(setting_up& how) {
  how.sources.environment = environment_of_process();
  if (how.line.file) how.sources.file = config_file{*how.line.file, read_config_file(*how.line.file)};
  return parse_config(how.sources, how.schema);
}

std::string in_lines(const config_errors& mistakes) {
  std::string lines;
  for (const auto& mistake : mistakes.lines) lines += mistake + '\n';
  return lines;
}

}  // namespace

config config::from(int argc, const char* const* argv, const config_schema& service) {
  setting_up how = gather(argc, argv, service);
  if (how.line.help) {
    const std::string program = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "program";
    print_and_exit(config_help(program, how.schema), stdout, 0);
  }
  auto parsed = parse(how);
  if (!parsed) print_and_exit(in_lines(parsed.error()), stderr, exit_code_mistakes);
  if (how.line.print_config) print_and_exit(config_listing(*parsed), stdout, 0);
  return std::move(*parsed);
}

result<config> config::reread(int argc, const char* const* argv, const config_schema& service) {
  setting_up how = gather(argc, argv, service);
  auto parsed = parse(how);
  if (parsed) return std::move(*parsed);
  std::string lines = in_lines(parsed.error());
  lines.pop_back();
  return error{errc::invalid, std::move(lines)};
}

}  // namespace troupe
