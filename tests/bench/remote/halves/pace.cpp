#include "halves/pace.hpp"

#include <sys/prctl.h>
#include <time.h>

#include <cerrno>

#include "measure/latency.hpp"

namespace bench::remote {

void pace(std::chrono::nanoseconds interval, const std::function<bool(std::int64_t)>& at) {
  constexpr std::int64_t second_ns = 1'000'000'000;
  prctl(PR_SET_TIMERSLACK, 1UL);
  std::int64_t due = now_ns() + interval.count();
  for (bool more = true; more; due += interval.count()) {
    const timespec until{due / second_ns, due % second_ns};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
    }
    more = at(due);
  }
}

}  // namespace bench::remote
