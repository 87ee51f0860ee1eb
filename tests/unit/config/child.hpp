// Runs what ends its process (an abort, an exit) in a child process and says how it ended.
#pragma once

#include <sys/mman.h>
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

/// What was written to the file `fd`, which is closed.
inline std::string all_of(int fd) {
  std::string text;
  char chunk[4096];
  lseek(fd, 0, SEEK_SET);
  for (ssize_t n = 0; (n = read(fd, chunk, sizeof chunk)) > 0;)
    text.append(chunk, static_cast<std::size_t>(n));
  close(fd);
  return text;
}

/// Forks and calls `body` in the child, which exits with 99 should `body` return. What it prints goes to files in memory:
/// a pipe would stop a child that prints more than it holds. The child dies of its signals as a program of its own
/// would: the handlers of the test's framework write reports and belong to the parent.
template <class Body>
child_end in_child(Body body) {
  std::fflush(nullptr);
  std::cout.flush();
  const int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
  if (out < 0 || err < 0) return {};
  const pid_t pid = fork();
  if (pid == 0) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    for (const int s : {SIGABRT, SIGTERM, SIGSEGV, SIGFPE, SIGILL, SIGINT}) std::signal(s, SIG_DFL);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    body();
    _exit(99);
  }
  child_end end;
  int status = 0;
  waitpid(pid, &status, 0);
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  end.out = all_of(out);
  end.err = all_of(err);
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
