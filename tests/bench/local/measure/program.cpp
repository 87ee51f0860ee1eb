#include "measure/program.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

namespace bench {
namespace {

constexpr int exit_wrong = 1;
constexpr int exit_usage = 2;

std::uint64_t number(const char* text) {
  char* end = nullptr;
  const auto n = std::strtoull(text, &end, 10);
  if (*text == '\0' || *end != '\0' || n == 0) {
    std::fprintf(stderr, "not a number above 0: '%s'\n", text);
    std::quick_exit(exit_usage);
  }
  return n;
}

[[noreturn]] void leave(int code) {
  std::fflush(stdout);
  std::fflush(stderr);
  std::quick_exit(code);
}

}  // namespace

void report(const std::string& figure, double value, const char* unit) {
  std::printf("figure=%s value=%.6g unit=%s\n", figure.c_str(), value, unit);
}

void report_each(const std::string& figure, std::chrono::nanoseconds elapsed, std::uint64_t count,
                 const char* unit) {
  report(figure, static_cast<double>(elapsed.count()) / static_cast<double>(count), unit);
}

void expect(bool right, const char* what) {
  if (right) return;
  std::fprintf(stderr, "wrong result: %s\n", what);
  leave(exit_wrong);
}

void run_program(int argc, char** argv, std::initializer_list<scenario> scenarios) {
  const std::string_view wanted = argc == 4 ? argv[1] : "";
  for (const scenario& s : scenarios) {
    if (wanted != s.name) continue;
    try {
      s.run({static_cast<unsigned>(number(argv[2])), number(argv[3])});
    } catch (const std::exception& e) {
      std::fprintf(stderr, "%s: %s\n", s.name, e.what());
      leave(exit_wrong);
    }
    leave(EXIT_SUCCESS);
  }
  std::fprintf(stderr, "usage: %s SCENARIO WORKERS SIZE; scenarios:", argv[0]);
  for (const scenario& s : scenarios) std::fprintf(stderr, " %s", s.name);
  std::fprintf(stderr, "\n");
  leave(exit_usage);
}

}  // namespace bench
