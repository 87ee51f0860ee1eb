#include "halves/half.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace bench::remote {
namespace {

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct two_ends {
  int read;
  int write;
};

two_ends make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw_errno("pipe2");
  return {ends[0], ends[1]};
}

// Reads exactly that much; false at the end of the stream.
bool read_exactly(int from, void* to, std::size_t bytes) {
  for (std::size_t have = 0; have < bytes;) {
    const ssize_t n = read(from, static_cast<char*>(to) + have, bytes - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("read from the other half");
    if (n == 0) return false;
    have += static_cast<std::size_t>(n);
  }
  return true;
}

void write_number(int to, std::uint64_t number) {
  if (write(to, &number, sizeof number) != sizeof number) throw_errno("write to the other half");
}

}  // namespace

far_half::far_half(const std::string& scenario, const settings& s) {
  const two_ends down = make_pipe(), up = make_pipe();
  const std::string workers = std::to_string(s.workers), size = std::to_string(s.size);
  std::array<const char*, 6> arguments{"far half",      "far",        scenario.c_str(),
                                       workers.c_str(), size.c_str(), nullptr};
  // By its name: /proc/self/exe itself would be another program under valgrind.
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const pid_t parent = getpid();
  child_ = fork();
  if (child_ < 0) throw_errno("fork");
  if (child_ == 0) {
    constexpr int exit_not_started = 127;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(exit_not_started);  // it was gone before we could ask to be told
    dup2(down.read, STDIN_FILENO);
    dup2(up.write, STDOUT_FILENO);
    execv(self.c_str(), const_cast<char**>(arguments.data()));
    _exit(exit_not_started);
  }
  close(down.read);
  close(up.write);
  to_ = down.write;
  from_ = up.read;
  watcher_ = std::thread([this] { watch(); });
}

far_half::~far_half() {
  ending_.store(true);
  close(to_);
  watcher_.join();
  close(from_);
}

void far_half::watch() {
  int status = 0;
  while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ending_.load()) {
    std::fprintf(stderr, "the far half has ended first\n");
    std::fflush(stderr);
    std::quick_exit(1);
  }
}

std::uint64_t far_half::hear() {
  std::uint64_t number = 0;
  // Its end is `watch`'s to tell; what is left is to wait for that.
  if (!read_exactly(from_, &number, sizeof number)) pause();
  return number;
}

void far_half::tell(std::uint64_t number) { write_number(to_, number); }

void say(std::uint64_t number) { write_number(STDOUT_FILENO, number); }

std::uint64_t hear_near() {
  std::uint64_t number = 0;
  if (!read_exactly(STDIN_FILENO, &number, sizeof number)) std::quick_exit(EXIT_SUCCESS);  // HF1
  return number;
}

void wait_for_the_end() {
  char nothing = 0;
  while (read_exactly(STDIN_FILENO, &nothing, 1)) {
  }
}

void run_halves(int argc, char** argv, std::initializer_list<scenario> near,
                void (*far)(const std::string& scenario, const settings& s)) {
  constexpr int far_arguments = 5;
  if (argc != far_arguments || std::string_view{argv[1]} != "far") run_program(argc, argv, near);
  try {
    far(argv[2],
        {static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10)), std::strtoull(argv[4], nullptr, 10)});
    wait_for_the_end();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s, the far half: %s\n", argv[2], e.what());
    std::fflush(stderr);
    std::quick_exit(1);
  }
  std::fflush(stderr);
  std::quick_exit(EXIT_SUCCESS);
}

}  // namespace bench::remote
