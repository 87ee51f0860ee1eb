// stress: rounds from seeds until the time is up (README.md).
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <troupe/engine/block_pool.hpp>

#include "stress/round.hpp"

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_counts = false;  // the sanitizers keep what was freed
#else
constexpr bool memory_counts = true;
#endif

constexpr std::uint64_t warm_rounds = 3;
// What the pool keeps warm, the first pages of the slabs it gave back, and what the allocator makes of the books.
constexpr std::uint64_t growth_max = 64u << 20;
constexpr std::uint64_t told_rounds = 10;

std::uint64_t resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  std::uint64_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t threads() {
  std::uint64_t n = 0;
  for (const auto& task : std::filesystem::directory_iterator{"/proc/self/task"}) n += task.exists();
  return n;
}

/// What the process held before the first round and when it was warm; no later round may leave more.
class memory_watch {
 public:
  void round_over(std::uint64_t rounds, stress::verdict& judge) {
    troupe::engine::return_cached_blocks();
    const std::size_t slabs = troupe::engine::block_usage().slabs_in_use;
    // A thread of the blocking dispatcher hands its lists back after the dispatcher has stopped, when it ends (BL2).
    if (slabs > slabs_before_ && threads() == 1)
      judge.broken("BL3", std::to_string(slabs_before_) + " slabs in use, as before the first round",
                   std::to_string(slabs));
    if (!memory_counts) return;
    ::malloc_trim(0);  // what the books took is no leak of the runtime's, and may be large
    const std::uint64_t resident = resident_bytes();
    if (rounds <= warm_rounds)
      warm_ = std::max(warm_, resident);
    else if (resident > warm_ + growth_max)
      judge.broken("memory",
                   "no more than " + std::to_string(growth_max >> 20) + " MiB above the " +
                       std::to_string(warm_ >> 20) + " MiB of the first rounds",
                   std::to_string(resident >> 20) + " MiB resident");
  }

 private:
  const std::size_t slabs_before_ = troupe::engine::block_usage().slabs_in_use;
  std::uint64_t warm_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  stress::options options;
  if (const std::string wrong = options.read(argc, argv); !wrong.empty()) {
    std::fprintf(stderr, "%s\n", wrong.c_str());
    return 2;
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{options.seconds};
  memory_watch memory;
  std::uint64_t rounds = 0, messages = 0, failures = 0;
  do {
    const std::uint64_t seed = options.seed + rounds;
    auto round = std::make_unique<stress::round>(options, seed);
    const stress::result r = round->play();
    if (rounds < told_rounds || r.failures != 0) std::fprintf(stderr, "stress: %s\n", round->story().c_str());
    round.reset();
    stress::verdict after{seed};
    memory.round_over(++rounds, after);
    messages += r.messages;
    failures += r.failures + after.failures();
  } while (std::chrono::steady_clock::now() < end);
  std::printf("stress: %llu rounds, %llu messages, %llu failures\n", static_cast<unsigned long long>(rounds),
              static_cast<unsigned long long>(messages), static_cast<unsigned long long>(failures));
  return failures == 0 ? 0 : 1;
}
