// Runs what ends its process (an abort, an exit) in a child process and says how it ended.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>

namespace config_test {

/// How a child ended and what it printed.
struct child_end {
  int exit_code = -1;  ///< -1 when a signal ended it
  int signal = 0;      ///< 0 when it exited
  std::string out;     ///< standard output
  std::string err;     ///< standard error
};

/// All that is left to read from `fd`, which is closed.
inline std::string drain(int fd) {
  std::string text;
  char chunk[4096];
  for (ssize_t n = 0; (n = read(fd, chunk, sizeof chunk)) > 0;)
    text.append(chunk, static_cast<std::size_t>(n));
  close(fd);
  return text;
}

/// Forks and calls `body` in the child, which exits with 99 should `body` return. REQUIRES: it prints less
/// than a pipe holds, 64 KiB each.
template <class Body>
child_end in_child(Body body) {
  std::fflush(nullptr);
  std::cout.flush();
  int out[2], err[2];
  if (pipe(out) != 0 || pipe(err) != 0) return {};
  const pid_t pid = fork();
  if (pid == 0) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    body();
    _exit(99);
  }
  close(out[1]);
  close(err[1]);
  child_end end;
  int status = 0;
  waitpid(pid, &status, 0);
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  end.out = drain(out[0]);
  end.err = drain(err[0]);
  return end;
}

/// The text of the broken invariant that `body` runs into, without the place; what happened instead if it
/// does not.
template <class Body>
std::string broken_by(Body body) {
  const child_end end = in_child(body);
  const std::string intro = "troupe: broken invariant: ";
  if (end.signal != SIGABRT || !end.err.starts_with(intro))
    return "no abort: " + std::to_string(end.exit_code) + ' ' + end.out + end.err;
  // The place names the caller, which is a test.
  const auto place = end.err.rfind(" (");
  return end.err.substr(intro.size(), place - intro.size());
}

}  // namespace config_test
