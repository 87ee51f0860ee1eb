#include "scenario/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace scenario {
namespace {

// A signal handler may touch nothing else: the processes that run, 0 for a free place.
std::array<std::atomic<pid_t>, 64> running;

void remember(pid_t id) {
  for (auto& place : running) {
    pid_t free = 0;
    if (place.compare_exchange_strong(free, id)) return;
  }
}

void forget(pid_t id) {
  for (auto& place : running) {
    pid_t it = id;
    if (place.compare_exchange_strong(it, 0)) return;
  }
}

void end_all(int number) {
  for (auto& place : running)
    if (const pid_t id = place.load(); id > 0) ::kill(id, SIGKILL);
  ::signal(number, SIG_DFL);
  ::raise(number);
}

}  // namespace

void end_processes_on_signals() {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGABRT, SIGSEGV}) ::signal(number, end_all);
}

process::process(const std::vector<std::string>& command) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe: " + std::string(std::strerror(errno)));
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  // What the tests were told by KV_... is no setting of a node, and a node refuses keys that it does not know.
  std::vector<char*> environment;
  for (char** it = environ; *it; ++it)
    if (!std::string_view(*it).starts_with("KV_")) environment.push_back(*it);
  environment.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  const int code = ::posix_spawnp(&id_, words.front(), &actions, nullptr, words.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (code != 0) {
    ::close(ends[0]);
    throw std::runtime_error("can't start " + command.front() + ": " + std::strerror(code));
  }
  remember(id_);
  reader_ = std::thread([this, from = ends[0]] { collect(from); });
}

process::~process() {
  if (!ended_) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
    forget(id_);
  }
  if (reader_.joinable()) reader_.join();
}

void process::collect(int pipe) {
  std::array<char, 4096> chunk;
  for (;;) {
    const ssize_t got = ::read(pipe, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    const std::lock_guard hold(lock_);
    if (got > 0) output_.append(chunk.data(), static_cast<std::size_t>(got));
    closed_ = got <= 0;
    more_.notify_all();
    if (closed_) break;
  }
  ::close(pipe);
}

void process::signal(int number) noexcept {
  if (!ended_) ::kill(id_, number);
}

int process::wait(std::chrono::milliseconds limit) {
  if (ended_) return *ended_;
  // By number: the C library's header declares the function for C only.
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
  pollfd at{handle, POLLIN, 0};
  const int there = ::poll(&at, 1, static_cast<int>(limit.count()));
  ::close(handle);
  if (there <= 0)
    throw std::runtime_error("the process has not ended within " + std::to_string(limit.count()) +
                             " ms; it said:\n" + output());
  int status = 0;
  ::waitpid(id_, &status, 0);
  forget(id_);
  ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  reader_.join();
  return *ended_;
}

void process::kill() {
  signal(SIGKILL);
  wait();
}

void process::stall() {
  signal(SIGSTOP);
  // The kernel tells the parent once the last thread has stopped.
  siginfo_t news{};
  if (::waitid(P_PID, static_cast<id_t>(id_), &news, WSTOPPED | WEXITED | WNOWAIT) != 0 ||
      news.si_code != CLD_STOPPED)
    throw std::runtime_error("the process did not stop; it said:\n" + output());
}

std::string process::output() const {
  const std::lock_guard hold(lock_);
  return output_;
}

void process::wait_for_output(const std::string& text, std::size_t from) {
  std::unique_lock hold(lock_);
  const auto said = [&] { return output_.find(text, from) != std::string::npos; };
  more_.wait_for(hold, patience, [&] { return said() || closed_; });
  if (!said()) throw std::runtime_error("'" + text + "' was not said; what was:\n" + output_);
}

std::size_t process::resident_bytes() const {
  std::ifstream file("/proc/" + std::to_string(id_) + "/statm");
  std::size_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t process::peak_resident_bytes() const {
  std::ifstream file("/proc/" + std::to_string(id_) + "/status");
  for (std::string word; file >> word;) {
    std::size_t kib = 0;
    if (word == "VmHWM:" && file >> kib) return kib * 1024;
  }
  throw std::runtime_error("the kernel does not say how much memory the process had at most");
}

}  // namespace scenario
