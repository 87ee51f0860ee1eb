#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <troupe/os/os_error.hpp>
#include <troupe/os/os_process.hpp>
#include <troupe/os/os_signals.hpp>

namespace troupe::os {
namespace {

// By number: glibc 2.36 declares its wrappers of these two without C linkage.
int open_pidfd(pid_t pid) noexcept { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }
int signal_pidfd(int pidfd, int number) noexcept {
  return static_cast<int>(::syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0));
}

class spawned_child final : public port::child_process {
 public:
  spawned_child(pid_t pid, int pidfd) noexcept : pid_(pid), pidfd_(pidfd) {}

  ~spawned_child() override {
    signal_pidfd(pidfd_, SIGKILL);  // fails only when it has been waited for
    spawned_child::wait();
    ::close(pidfd_);
  }

  int pid() const noexcept override { return pid_; }

  result<void> signal(int number) override {
    if (signal_pidfd(pidfd_, number) == 0) return {};
    const auto who = "process " + std::to_string(pid_);
    if (errno == ESRCH) return error{errc::not_found, who + " has ended"};
    return errno_error(errno, "send signal " + std::to_string(number) + " to", who);
  }

  port::exit_status wait() override {
    {
      const std::lock_guard hold{mutex_};
      if (status_) return *status_;
    }
    // Looked at without taking it, so that several threads may sleep here; one of them takes it below.
    siginfo_t info{};
    while (::waitid(P_PIDFD, static_cast<id_t>(pidfd_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    const std::lock_guard hold{mutex_};
    if (!status_) status_ = take();
    return *status_;
  }

 private:
  // REQUIRES: the child has ended.
  port::exit_status take() const {
    siginfo_t info{};
    int rc = 0;
    do rc = ::waitid(P_PIDFD, static_cast<id_t>(pidfd_), &info, WEXITED);
    while (rc != 0 && errno == EINTR);
    if (rc != 0) return {.code = -1, .signal = 0};
    if (info.si_code == CLD_EXITED) return {.code = info.si_status, .signal = 0};
    return {.code = 0, .signal = info.si_status};
  }

  const pid_t pid_;
  const int pidfd_;
  std::mutex mutex_;
  std::optional<port::exit_status> status_;  // guarded by mutex_
};

// What the child gets (C1). The wrappers free what posix_spawn allocates.
class spawn_settings {
 public:
  spawn_settings() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none{};
    sigset_t pipe{};
    ::sigemptyset(&none);
    ::sigemptyset(&pipe);
    ::sigaddset(&pipe, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &pipe);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~spawn_settings() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  spawn_settings(const spawn_settings&) = delete;
  spawn_settings& operator=(const spawn_settings&) = delete;

  const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }
  const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

error start_error(int why, const std::string& program) {
  if (why == ENOENT) {
    const bool searched = program.find('/') == std::string::npos;
    return {errc::not_found, "there is no program '" + program + (searched ? "' in PATH" : "'")};
  }
  const bool full = why == EAGAIN || is_exhaustion(why);
  return errno_error(full ? errc::overloaded : errc::io, why, "start", program);
}

class os_process final : public port::process {
 public:
  result<std::unique_ptr<port::child_process>> start(const port::command& what) override {
    if (what.program.empty()) return error{errc::invalid, "start: the program's name is empty"};
    std::vector<char*> argv;
    argv.reserve(what.arguments.size() + 2);
    // posix_spawn takes char* by history; it does not write to them (POSIX, exec rationale).
    argv.push_back(const_cast<char*>(what.program.c_str()));
    for (const auto& a : what.arguments) argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);

    const spawn_settings settings;
    pid_t pid = 0;
    const int rc = ::posix_spawnp(&pid, what.program.c_str(), settings.actions(), settings.attributes(),
                                  argv.data(), environ);
    if (rc != 0) return start_error(rc, what.program);
    const int pidfd = open_pidfd(pid);
    if (pidfd < 0) {
      const int why = errno;
      // Nobody has waited for it, so the id is still its own.
      ::kill(pid, SIGKILL);
      while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
      }
      return start_error(why, what.program);
    }
    return std::unique_ptr<port::child_process>{std::make_unique<spawned_child>(pid, pidfd)};
  }

  int wait_for_signal() override { return signals_.wait(); }
  void release_signal_wait() noexcept override { signals_.release(); }
  void quick_exit(int code) noexcept override { std::_Exit(code); }

 private:
  signal_wait signals_;
};

}  // namespace

std::unique_ptr<port::process> make_process() { return std::make_unique<os_process>(); }

}  // namespace troupe::os
