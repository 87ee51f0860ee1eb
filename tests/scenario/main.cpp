// The scenario tests: doctest's options apply. See README.md.
#define DOCTEST_CONFIG_IMPLEMENT
// doctest's own handlers would replace those that end the nodes (SP1).
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#include <doctest/doctest.h>
#include <sys/resource.h>

#include "scenario/process.hpp"

int main(int argc, char** argv) {
  scenario::end_processes_on_signals();
  // For the test with many connections; the nodes inherit it.
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  return doctest::Context(argc, argv).run();
}
