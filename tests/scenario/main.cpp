// The scenario tests: doctest's options apply. See README.md.
#define DOCTEST_CONFIG_IMPLEMENT
// doctest's own handlers would replace those that end the nodes (SP1).
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "scenario/process.hpp"

int main(int argc, char** argv) {
  scenario::end_processes_on_signals();
  // For the bounds on memory: by default glibc keeps large blocks that were freed, up to as much again as was in use,
  // depending on which thread frees what when. So the nodes have what they hold, and not what the allocator does.
  ::setenv("MALLOC_MMAP_THRESHOLD_", "131072", 1);
  // For the test with many connections; the nodes inherit it.
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  return doctest::Context(argc, argv).run();
}
