#include "measure/process.hpp"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "measure/program.hpp"

namespace bench {

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  expect(static_cast<bool>(statm >> total >> resident), "/proc/self/statm can't be read");
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t peak_resident_bytes() {
  rusage used{};
  expect(getrusage(RUSAGE_SELF, &used) == 0, "the peak of the resident memory can't be read");
  return static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
}

std::chrono::nanoseconds cpu_time() {
  timespec t{};
  expect(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0, "the processor time can't be read");
  return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

void be_quiet(std::chrono::nanoseconds time) { std::this_thread::sleep_for(time); }

}  // namespace bench
