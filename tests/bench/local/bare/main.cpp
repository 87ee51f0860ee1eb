// local_bare: what the machine itself takes, without actors.
// wakeup: a thread that sleeps on a futex is woken by another.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "measure/latency.hpp"
#include "measure/program.hpp"
#include "measure/work.hpp"

namespace {

using namespace bench;

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) {
  return syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

void wakeup(const settings& s) {
  static prober p;
  static std::atomic<std::uint32_t> sent{0};
  static std::atomic<std::int64_t> sent_ns{0};
  std::thread sleeper([count = static_cast<std::uint32_t>(s.size)] {
    for (std::uint32_t seen = 0; seen < count; ++seen) {
      while (sent.load() == seen) futex(sent, FUTEX_WAIT_PRIVATE, seen);
      p.received(sent_ns.load());
    }
  });
  p.run("wakeup", s.size, work::wakeup_pause, [](std::int64_t now) {
    sent_ns.store(now);
    sent.fetch_add(1);
    futex(sent, FUTEX_WAKE_PRIVATE, 1);
  });
  sleeper.join();
}

}  // namespace

int main(int argc, char** argv) { run_program(argc, argv, {{"wakeup", wakeup}}); }
