#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "os_fixture.hpp"

namespace os_signals_test {

using namespace troupe;
using namespace troupe::os_test;

namespace {

using reaction = void (*)(int);

reaction reaction_to(int number) {
  struct sigaction now {};
  ::sigaction(number, nullptr, &now);
  return now.sa_handler;
}

// Ignores both signals for the length of a test, so that one raised while nobody waits is harmless.
struct both_ignored {
  reaction interrupt = std::signal(SIGINT, SIG_IGN);
  reaction termination = std::signal(SIGTERM, SIG_IGN);
  ~both_ignored() {
    std::signal(SIGINT, interrupt);
    std::signal(SIGTERM, termination);
  }
};

// Sends the signal to this process again and again until `done`: whoever begins to wait late hears the next
// one.
template <class Done>
void raise_until(int number, Done done) {
  while (!done()) {
    std::raise(number);
    std::this_thread::yield();
  }
}

}  // namespace

TEST_CASE("G2: a signal from another thread ends the wait and is named") {
  const both_ignored quiet;
  const auto platform = make_os_platform();
  for (const int number : {SIGTERM, SIGINT}) {
    std::atomic<bool> over{false};
    std::thread other{[&] { raise_until(number, [&] { return over.load(); }); }};
    CHECK(platform->process().wait_for_signal() == number);
    over.store(true);
    other.join();
  }
}

TEST_CASE("G4: the waiting thread hears a signal that every thread blocks, also one that came before") {
  const both_ignored quiet;
  std::signal(SIGTERM, SIG_DFL);  // an ignored signal would not be kept pending
  sigset_t termination{}, kept{};
  ::sigemptyset(&termination);
  ::sigaddset(&termination, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &termination, &kept);
  const auto platform = make_os_platform();
  REQUIRE(std::raise(SIGTERM) == 0);
  CHECK(platform->process().wait_for_signal() == SIGTERM);
  sigset_t now{};
  ::pthread_sigmask(SIG_SETMASK, &kept, &now);
  CHECK(::sigismember(&now, SIGTERM) == 1);  // blocked again as before
}

TEST_CASE("G2: every system of the process hears the same signal") {
  const both_ignored quiet;
  const auto one = make_os_platform();
  const auto two = make_os_platform();
  std::atomic<int> heard{0};
  std::vector<std::thread> waiting;
  for (auto* p : {one.get(), one.get(), two.get()})
    waiting.emplace_back([&heard, p] {
      if (p->process().wait_for_signal() == SIGINT) ++heard;
    });
  raise_until(SIGINT, [&] { return heard.load() == 3; });
  for (auto& t : waiting) t.join();
  CHECK(heard.load() == 3);
  CHECK((reaction_to(SIGINT) == SIG_IGN));
}

TEST_CASE("G1: signals are caught only while somebody waits, and what was there is put back") {
  const both_ignored quiet;
  static volatile std::sig_atomic_t mine = 0;
  std::signal(SIGTERM, [](int) { mine = mine + 1; });
  const auto before = reaction_to(SIGTERM);
  const auto platform = make_os_platform();
  CHECK((reaction_to(SIGTERM) == before));
  std::atomic<bool> over{false};
  std::thread waiting{[&] {
    platform->process().wait_for_signal();
    over.store(true);
  }};
  while (reaction_to(SIGTERM) == before) std::this_thread::yield();
  CHECK((reaction_to(SIGINT) != SIG_IGN));
  std::raise(SIGTERM);
  waiting.join();
  CHECK(mine == 0);
  CHECK((reaction_to(SIGTERM) == before));
  CHECK((reaction_to(SIGINT) == SIG_IGN));
  std::raise(SIGTERM);
  CHECK(mine == 1);
}

TEST_CASE("G1: a reaction that the program sets while somebody waits is left alone") {
  const both_ignored quiet;
  const auto platform = make_os_platform();
  std::thread waiting{[&] { CHECK(platform->process().wait_for_signal() == 0); }};
  while (reaction_to(SIGINT) == SIG_IGN) std::this_thread::yield();
  const reaction theirs = [](int) {};
  std::signal(SIGINT, theirs);
  platform->process().release_signal_wait();
  waiting.join();
  CHECK((reaction_to(SIGINT) == theirs));
  CHECK((reaction_to(SIGTERM) == SIG_IGN));
}

TEST_CASE("G3: a release before the wait is kept for one wait") {
  const both_ignored quiet;
  const auto platform = make_os_platform();
  platform->process().release_signal_wait();
  platform->process().release_signal_wait();
  CHECK(platform->process().wait_for_signal() == 0);
  std::atomic<bool> over{false};
  std::thread other{[&] { raise_until(SIGTERM, [&] { return over.load(); }); }};
  CHECK(platform->process().wait_for_signal() == SIGTERM);
  over.store(true);
  other.join();
}

TEST_CASE("G3: a release ends the waits of its own system only, and none is lost") {
  const both_ignored quiet;
  const auto stays = make_os_platform();
  const auto leaves = make_os_platform();
  std::atomic<int> stayed{-1};
  std::thread staying{[&] { stayed.store(stays->process().wait_for_signal()); }};
  while (reaction_to(SIGINT) == SIG_IGN) std::this_thread::yield();
  for (int i = 0; i < 500; ++i) {
    std::thread releasing{[&] { leaves->process().release_signal_wait(); }};
    CHECK(leaves->process().wait_for_signal() == 0);
    releasing.join();
  }
  CHECK(stayed.load() == -1);
  raise_until(SIGTERM, [&] { return stayed.load() == SIGTERM; });
  staying.join();
}

TEST_CASE("G3: the thread that sleeps for all hands its place on when it leaves") {
  const both_ignored quiet;
  const auto first = make_os_platform();
  const auto second = make_os_platform();
  std::atomic<int> heard{0};
  std::thread guard{[&] { CHECK(first->process().wait_for_signal() == 0); }};
  while (reaction_to(SIGINT) == SIG_IGN) std::this_thread::yield();
  std::thread follower{[&] { heard.store(second->process().wait_for_signal()); }};
  first->process().release_signal_wait();
  guard.join();
  raise_until(SIGINT, [&] { return heard.load() != 0; });
  CHECK(heard.load() == SIGINT);
  follower.join();
}

}  // namespace os_signals_test
