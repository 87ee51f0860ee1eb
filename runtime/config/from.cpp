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

}  // namespace

config config::from(int argc, const char* const* argv, const config_schema& service) {
  config_schema schema = service;
  schema.add(library_keys());
  schema.verify();

  config_sources sources;
  if (argc > 1) sources.arguments.assign(argv + 1, argv + argc);
  const auto line = configuration::read_command_line(sources.arguments);
  if (line.help) {
    const std::string program = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "program";
    print_and_exit(config_help(program, schema), stdout, 0);
  }
  sources.environment = environment_of_process();
  if (line.file) sources.file = config_file{*line.file, read_config_file(*line.file)};

  auto parsed = parse_config(sources, schema);
  if (!parsed) {
    std::string lines;
    for (const auto& mistake : parsed.error().lines) lines += mistake + '\n';
    print_and_exit(lines, stderr, exit_code_mistakes);
  }
  if (line.print_config) print_and_exit(config_listing(*parsed), stdout, 0);
  return std::move(*parsed);
}

}  // namespace troupe
