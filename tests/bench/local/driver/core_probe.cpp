#include "driver/core_probe.hpp"

#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "driver/samples.hpp"

namespace bench {
namespace {

constexpr int batches = 25;
constexpr int round_trips = 3'000;

std::vector<int> usable_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  std::vector<int> cores;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(core, &allowed)) cores.push_back(core);
  return cores;
}

void hold_on(int core) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(core, &one);
  sched_setaffinity(0, sizeof one, &one);
}

}  // namespace

double core_to_core_ns() {
  const auto cores = usable_cores();
  if (cores.size() < 2) return 0;
  constexpr int total = batches * round_trips;
  alignas(64) std::atomic<int> line{0};
  // Acquire and release between the two threads; the line itself is all that moves.
  std::thread back([&] {
    hold_on(cores[1]);
    for (int i = 0; i < total; ++i) {
      while (line.load(std::memory_order_acquire) != 2 * i + 1) {
      }
      line.store(2 * i + 2, std::memory_order_release);
    }
  });
  std::vector<double> times;
  std::thread forth([&] {
    hold_on(cores[0]);
    for (int b = 0, i = 0; b < batches; ++b) {
      const auto start = std::chrono::steady_clock::now();
      for (const int end = i + round_trips; i < end; ++i) {
        line.store(2 * i + 1, std::memory_order_release);
        while (line.load(std::memory_order_acquire) != 2 * i + 2) {
        }
      }
      const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
      times.push_back(took.count() / (2.0 * round_trips));
    }
  });
  forth.join();
  back.join();
  return median(times);
}

}  // namespace bench
