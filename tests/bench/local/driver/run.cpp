#include "driver/run.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace bench {
namespace {

using clock_type = std::chrono::steady_clock;

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Reads until the end of the stream; false when the time is over first.
bool read_all(int from, std::string& out, clock_type::time_point deadline) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock_type::now()).count();
    if (left <= 0) return false;
    pollfd waiting{from, POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) throw_errno("poll");
    if (ready <= 0) continue;
    char buffer[4096];
    const ssize_t n = read(from, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("read");
    if (n == 0) return true;
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

std::string word_after(std::istringstream& words, std::string_view key) {
  std::string word;
  if (!(words >> word) || !word.starts_with(key)) return {};
  return word.substr(key.size());
}

}  // namespace

run_result run(const std::vector<std::string>& command, std::chrono::milliseconds time_max) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw_errno("pipe2");
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) throw_errno("fork");
  if (child == 0) {
    constexpr int exit_not_started = 127;
    dup2(ends[1], STDOUT_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(exit_not_started);
  }
  close(ends[1]);
  run_result result;
  const bool ended = read_all(ends[0], result.output, clock_type::now() + time_max);
  close(ends[0]);
  if (!ended) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw_errno("waitpid");
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

std::vector<figure_line> read_figures(std::string_view output) {
  std::vector<figure_line> out;
  std::istringstream lines{std::string(output)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    figure_line f;
    f.figure = word_after(words, "figure=");
    const std::string value = word_after(words, "value=");
    f.unit = word_after(words, "unit=");
    char* end = nullptr;
    f.value = std::strtod(value.c_str(), &end);
    if (f.figure.empty() || value.empty() || *end != '\0' || f.unit.empty() || !std::isfinite(f.value))
      throw std::runtime_error("no figure: '" + line + "'");
    out.push_back(std::move(f));
  }
  return out;
}

}  // namespace bench
