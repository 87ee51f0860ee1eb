#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <troupe/base/check.hpp>
#include <troupe/os/os_park.hpp>

namespace troupe::os {
namespace {

// The word's states. `parked` is stored by the owner before it sleeps, so that `unpark` knows whether to
// wake.
constexpr std::uint32_t idle = 0, parked = 1, notified = 2;

using futex_word = std::atomic<std::uint32_t>;
static_assert(sizeof(futex_word) == 4 && futex_word::is_always_lock_free, "the kernel reads the word itself");

// Sleeps while `word` is `parked`. Returns false only when `until` has come; may return true for no reason.
bool sleep_while_parked(futex_word& word, time_point until) noexcept {
  timespec at{};
  timespec* limit = nullptr;
  if (until != never) {
    const auto since = std::max(until.time_since_epoch(), duration::zero());
    at.tv_sec = static_cast<time_t>(duration_cast<seconds>(since).count());
    at.tv_nsec = static_cast<long>((since % seconds{1}).count());
    limit = &at;
  }
  // The bitset form takes an absolute CLOCK_MONOTONIC time, so waking early never lengthens the wait
  // (futex(2)).
  const long rc = ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, parked, limit, nullptr,
                            FUTEX_BITSET_MATCH_ANY);
  if (rc == 0) return true;
  check(errno == ETIMEDOUT || errno == EAGAIN || errno == EINTR, "futex wait refused");
  return errno != ETIMEDOUT;
}

class futex_parker final : public port::parker {
 public:
  void park() noexcept override { wait(never); }
  bool park_until(time_point until) noexcept override { return wait(until); }

  void unpark() noexcept override {
    // Release: pairs with the acquire exchange in `wait`; what was written before `unpark` is seen after
    // `park`.
    if (state_.exchange(notified, std::memory_order_release) != parked) return;
    // The owner may be gone by now, and its spot with it; the kernel only compares the address, and a stray
    // wake-up is one that every sleeper here expects.
    ::syscall(SYS_futex, &state_, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, nullptr, nullptr, 0);
  }

 private:
  bool wait(time_point until) noexcept {
    std::uint32_t seen = idle;
    // Relaxed both ways: it publishes nothing, and a notification met here is taken by the exchange below.
    if (state_.compare_exchange_strong(seen, parked, std::memory_order_relaxed, std::memory_order_relaxed)) {
      bool in_time = true;
      // Relaxed load: it only ends the loop; the exchange below synchronises.
      while (in_time && state_.load(std::memory_order_relaxed) == parked)
        in_time = sleep_while_parked(state_, until);
    }
    // Acquire: pairs with the release exchange in `unpark`. Taking and clearing is one step, so a
    // notification that comes with the time-out is either returned now or kept for the next park.
    return state_.exchange(idle, std::memory_order_acquire) == notified;
  }

  futex_word state_{idle};
};

}  // namespace

std::unique_ptr<port::parker> make_parker() { return std::make_unique<futex_parker>(); }

}  // namespace troupe::os
