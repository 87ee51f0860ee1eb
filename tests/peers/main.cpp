// Two nodes in two processes: doctest's options apply, and `--cycles N`. See README.md.
#define DOCTEST_CONFIG_IMPLEMENT
// doctest's own handlers would replace those that end the other node.
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "peers/pair.hpp"

int main(int argc, char** argv) {
  scenario::end_processes_on_signals();
  for (int i = 1; i < argc; ++i) {
    if (std::string_view{argv[i]} != "--cycles") continue;
    const long wanted = i + 1 < argc ? std::strtol(argv[i + 1], nullptr, 10) : 0;
    if (wanted < 1) return std::fprintf(stderr, "peers_tests: --cycles needs a number from 1 on\n"), 2;
    peers::cycles = static_cast<std::size_t>(wanted);
  }
  // For the test with many connections.
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  return doctest::Context(argc, argv).run();
}
