#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "os_fixture.hpp"

namespace os_process_test {

using namespace troupe;
using namespace troupe::os_test;

namespace {

result<std::unique_ptr<port::child_process>> shell(port::process& p, const std::string& script) {
  return p.start({"sh", {"-c", script}});
}

}  // namespace

TEST_CASE("a child's exit code comes back, as often as it is asked for") {
  const auto platform = make_os_platform();
  auto child = shell(platform->process(), "exit 7");
  REQUIRE(child.has_value());
  CHECK(child.value()->pid() > 0);
  for (int i = 0; i < 2; ++i) {
    const auto status = child.value()->wait();
    CHECK(status.code == 7);
    CHECK(status.signal == 0);
  }
  CHECK(child.value()->signal(SIGTERM).error().code == errc::not_found);
}

TEST_CASE("a child gets its arguments as they are") {
  const auto platform = make_os_platform();
  auto child = platform->process().start(
      {"/bin/sh", {"-c", "[ \"$1\" = \"a b\" ] && [ -z \"$2\" ]", "sh", "a b", ""}});
  REQUIRE(child.has_value());
  CHECK(child.value()->wait().code == 0);
}

TEST_CASE("a child that a signal ended says which") {
  const auto platform = make_os_platform();
  auto child = shell(platform->process(), "kill -s TERM $$");
  REQUIRE(child.has_value());
  const auto status = child.value()->wait();
  CHECK(status.code == 0);
  CHECK(status.signal == SIGTERM);
}

TEST_CASE("a running child is signalled while another thread waits for it") {
  const auto platform = make_os_platform();
  // It never ends by itself and uses no CPU: it stops itself for good.
  auto endless = shell(platform->process(), "while :; do kill -s STOP $$; done");
  REQUIRE(endless.has_value());
  port::exit_status status;
  std::thread waiter{[&] { status = endless.value()->wait(); }};
  CHECK(endless.value()->signal(SIGKILL).has_value());
  waiter.join();
  CHECK(status.signal == SIGKILL);
}

TEST_CASE("every thread that waits for the same child gets its status") {
  const auto platform = make_os_platform();
  auto child = shell(platform->process(), "kill -s STOP $$; exit 5");
  REQUIRE(child.has_value());
  std::vector<int> codes(3, -1);
  std::vector<std::thread> threads;
  for (auto& code : codes) threads.emplace_back([&] { code = child.value()->wait().code; });
  // Continued only once it has stopped, so that the waits have begun or begin while it runs.
  siginfo_t stopped{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child.value()->pid()), &stopped, WSTOPPED) == 0);
  CHECK(child.value()->signal(SIGCONT).has_value());
  for (auto& t : threads) t.join();
  CHECK(codes == std::vector<int>(3, 5));
}

TEST_CASE("C3: destroying a child kills it and leaves no zombie") {
  const auto platform = make_os_platform();
  auto child = shell(platform->process(), "while :; do kill -s STOP $$; done");
  REQUIRE(child.has_value());
  const pid_t pid = child.value()->pid();
  CHECK(::kill(pid, 0) == 0);
  child.value().reset();
  CHECK(::kill(pid, 0) == -1);
  CHECK(errno == ESRCH);
}

TEST_CASE("a program that does not exist is not_found, with its name") {
  const auto platform = make_os_platform();
  for (const std::string name : {"no-such-program-here", "/no/such/program"}) {
    const auto child = platform->process().start({name, {}});
    REQUIRE(child.has_error());
    CHECK(child.error().code == errc::not_found);
    CHECK(child.error().text.find(name) != std::string::npos);
  }
  CHECK(platform->process().start({"", {}}).error().code == errc::invalid);
  CHECK(platform->process().start({"/", {}}).error().code == errc::io);
}

TEST_CASE("C1: a child inherits no descriptor but the standard three") {
  const auto platform = make_os_platform();
  const int leaky = ::fcntl(0, F_DUPFD, 40);  // without close-on-exec, as a careless library makes it
  REQUIRE(leaky >= 40);
  auto child = shell(platform->process(),
                     "[ -e /proc/self/fd/2 ] && [ ! -e /proc/self/fd/" + std::to_string(leaky) + " ]");
  ::close(leaky);
  REQUIRE(child.has_value());
  CHECK(child.value()->wait().code == 0);
}

TEST_CASE("C1: a child hears the signals that its parent's thread blocks or ignores") {
  const auto platform = make_os_platform();
  sigset_t all{}, kept{};
  ::sigfillset(&all);
  auto* const pipe_before = std::signal(SIGPIPE, SIG_IGN);
  ::pthread_sigmask(SIG_BLOCK, &all, &kept);
  auto blocked = shell(platform->process(), "kill -s TERM $$; exit 1");
  auto ignored = shell(platform->process(), "kill -s PIPE $$; exit 1");
  ::pthread_sigmask(SIG_SETMASK, &kept, nullptr);
  std::signal(SIGPIPE, pipe_before);
  REQUIRE(blocked.has_value());
  REQUIRE(ignored.has_value());
  CHECK(blocked.value()->wait().signal == SIGTERM);
  CHECK(ignored.value()->wait().signal == SIGPIPE);
}

TEST_CASE("children are started from several threads at once") {
  const auto platform = make_os_platform();
  std::vector<std::thread> threads;
  std::vector<int> codes(4, -1);
  for (std::size_t i = 0; i < codes.size(); ++i)
    threads.emplace_back([&, i] {
      auto child = shell(platform->process(), "exit " + std::to_string(i));
      if (child.has_value()) codes[i] = child.value()->wait().code;
    });
  for (auto& t : threads) t.join();
  CHECK(codes == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("quick_exit ends the process at once, without destructors") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    struct loud {
      ~loud() { ::_exit(1); }
    };
    const loud never_destroyed;
    const auto platform = make_os_platform();
    platform->process().quick_exit(9);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 9);
}

}  // namespace os_process_test
