#include <pthread.h>
#include <semaphore.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <troupe/base/check.hpp>
#include <troupe/os/os_signals.hpp>

namespace troupe::os {
namespace {

// A signal's reaction is a property of the process, so its state is one object a process: the exception to
// the rule against singletons, kept inside this file. All of it lives in static storage for good: a handler
// may still run on another thread after the last waiter has left, and must find what it touches.
//
// The handler counts the signal and posts a semaphore, one of the few things that are safe there
// (signal-safety(7)). One waiting thread at a time, the guard, sleeps on that semaphore; the others sleep on
// a condition variable until the guard returns. A post too many only makes a later guard look once in vain:
// the counters tell the truth.
struct caught {
  std::uint64_t interrupts = 0;
  std::uint64_t terminations = 0;
};

std::atomic<std::uint64_t> interrupts{0};
std::atomic<std::uint64_t> terminations{0};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "a signal handler may not lock");

struct shared_state {
  std::mutex mutex;
  std::condition_variable guard_left;
  sem_t posted{};
  bool semaphore_made = false;
  bool guarded = false;
  unsigned waiters = 0;
  struct sigaction old_interrupt {};
  struct sigaction old_termination {};
};

shared_state& shared() noexcept {
  // Never destroyed: a thread may still wait while the program's static objects die.
  static auto& state = *new shared_state;
  return state;
}

// The handler's way to the semaphore; it may not run the initialisation above.
std::atomic<sem_t*> semaphore{nullptr};

extern "C" void on_signal(int number) {
  const int kept = errno;
  // Relaxed: the semaphore orders it before what the guard reads.
  (number == SIGINT ? interrupts : terminations).fetch_add(1, std::memory_order_relaxed);
  // Acquire: pairs with the release in `install`, which made the semaphore before.
  ::sem_post(semaphore.load(std::memory_order_acquire));
  errno = kept;
}

// Relaxed: a reader has come through the semaphore or the lock, both of which order it behind the handler.
caught counts() noexcept {
  return {interrupts.load(std::memory_order_relaxed), terminations.load(std::memory_order_relaxed)};
}

void install(shared_state& s) {
  if (!s.semaphore_made) {
    check(::sem_init(&s.posted, 0, 0) == 0, "no semaphore for signals");
    s.semaphore_made = true;
    semaphore.store(&s.posted, std::memory_order_release);  // pairs with the acquire in on_signal
  }
  struct sigaction ours {};
  ours.sa_handler = on_signal;
  ours.sa_flags = SA_RESTART;  // other threads' calls go on as if nothing had happened
  ::sigemptyset(&ours.sa_mask);
  ::sigaction(SIGINT, &ours, &s.old_interrupt);
  ::sigaction(SIGTERM, &ours, &s.old_termination);
}

void put_back(int number, const struct sigaction& old) noexcept {
  struct sigaction now {};
  ::sigaction(number, nullptr, &now);
  if (now.sa_handler == on_signal) ::sigaction(number, &old, nullptr);
}

// Unblocks the two signals on this thread and blocks again at the end what was blocked (G4).
class unblocked {
 public:
  unblocked() noexcept {
    sigset_t both{};
    ::sigemptyset(&both);
    ::sigaddset(&both, SIGINT);
    ::sigaddset(&both, SIGTERM);
    ::pthread_sigmask(SIG_UNBLOCK, &both, &old_);
  }
  ~unblocked() { ::pthread_sigmask(SIG_SETMASK, &old_, nullptr); }
  unblocked(const unblocked&) = delete;
  unblocked& operator=(const unblocked&) = delete;

 private:
  sigset_t old_{};
};

}  // namespace

int signal_wait::wait() {
  auto& s = shared();
  std::unique_lock hold{s.mutex};
  if (release_kept_) {
    release_kept_ = false;
    return 0;
  }
  const auto seen_releases = releases_;
  const auto seen = counts();
  if (s.waiters++ == 0) install(s);
  ++waiters_;

  int answer = 0;
  {
    const unblocked here;
    for (;;) {
      const auto now = counts();
      // A termination goes first: it is the stronger wish.
      if (now.terminations != seen.terminations)
        answer = SIGTERM;
      else if (now.interrupts != seen.interrupts)
        answer = SIGINT;
      if (answer != 0 || releases_ != seen_releases) break;
      if (s.guarded) {
        s.guard_left.wait(hold);
        continue;
      }
      s.guarded = true;
      hold.unlock();
      while (::sem_wait(&s.posted) != 0 && errno == EINTR) {
      }
      hold.lock();
      s.guarded = false;
      s.guard_left.notify_all();
    }
  }

  --waiters_;
  if (--s.waiters == 0) {
    put_back(SIGINT, s.old_interrupt);
    put_back(SIGTERM, s.old_termination);
  }
  return answer;
}

void signal_wait::release() noexcept {
  auto& s = shared();
  const std::lock_guard hold{s.mutex};
  if (waiters_ == 0) {
    release_kept_ = true;
    return;
  }
  ++releases_;
  s.guard_left.notify_all();
  if (s.guarded) ::sem_post(&s.posted);
}

}  // namespace troupe::os
