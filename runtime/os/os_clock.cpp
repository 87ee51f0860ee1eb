#include <time.h>

#include <troupe/os/os_clock.hpp>

namespace troupe::os {
namespace {

duration as_duration(const timespec& t) noexcept { return seconds{t.tv_sec} + nanoseconds{t.tv_nsec}; }

/// How far CLOCK_MONOTONIC_COARSE, which a tick of the kernel moves, may be behind: a tick, and one that comes late.
duration coarse_behind() noexcept {
  timespec tick{};
  ::clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
  return 2 * as_duration(tick);
}

class system_time final : public port::clock {
 public:
  time_point now() const noexcept override { return monotonic_now(); }
  port::coarse_time coarse() const noexcept override {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return {time_point{as_duration(now)}, behind_};
  }
  std::chrono::system_clock::time_point wall() const noexcept override {
    return std::chrono::system_clock::now();
  }

 private:
  const duration behind_ = coarse_behind();
};

}  // namespace

time_point monotonic_now() noexcept {
  return time_point{
      std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

std::unique_ptr<port::clock> make_clock() { return std::make_unique<system_time>(); }

}  // namespace troupe::os
