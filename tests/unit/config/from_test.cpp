#include <doctest/doctest.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <troupe/config/config.hpp>
#include <troupe/config/help.hpp>
#include <troupe/config/library_keys.hpp>

#include "child.hpp"
#include "fixture.hpp"

namespace config_from_test {

using namespace config_test;

namespace {

// Calls `from` in a child process with a clean environment but for `variables`; prints the listing when it
// returns.
child_end run(std::vector<const char*> arguments,
              std::vector<std::pair<const char*, const char*>> variables = {}) {
  arguments.insert(arguments.begin(), "/usr/bin/kv");
  return in_child([&] {
    clearenv();
    for (const auto& [name, value] : variables) setenv(name, value, 1);
    const auto c = troupe::config::from(static_cast<int>(arguments.size()), arguments.data(), kv_schema());
    std::printf("%s at %s\n", std::to_string(c.get_int("listen.port")).c_str(),
                c.where("listen.port").c_str());
    std::fflush(stdout);
  });
}

}  // namespace

TEST_CASE("from reads the command line and the environment of its process") {
  CHECK(run({}).out == "6379 at default\n");
  CHECK(run({"--listen.port", "1"}).out == "1 at command line --listen.port\n");
  CHECK(run({}, {{"KV_LISTEN_PORT", "2"}, {"HOME", "/"}}).out == "2 at environment KV_LISTEN_PORT\n");
  CHECK(run({"--scheduler.workers=2"}).exit_code == 99);
}

TEST_CASE("from reads the file that --config names") {
  std::string path = (std::filesystem::temp_directory_path() / "troupe-from-XXXXXX").string();
  const int fd = mkstemp(path.data());
  REQUIRE(fd >= 0);
  const std::string text = "[listen]\nport = 3\n";
  REQUIRE(write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  close(fd);
  const auto end = run({"--config", path.c_str()});
  std::filesystem::remove(path);
  CHECK(end.out == "3 at " + path + ":2\n");
}

TEST_CASE("mistakes go to standard error, one line each, and the exit code is 2") {
  const auto end = run({"--config=/nowhere/kv.toml", "--listen.prot=1"}, {{"KV_X", "1"}});
  CHECK(end.exit_code == 2);
  CHECK(end.out == "");
  CHECK(end.err ==
        "/nowhere/kv.toml: no such file\n"
        "environment KV_X: unknown key; --help lists all keys\n"
        "command line --listen.prot: unknown key; did you mean --listen.port?\n");
}

TEST_CASE("--help prints to standard output and exits with 0, whatever else is wrong") {
  troupe::config_schema schema = kv_schema();
  schema.add(troupe::library_keys());
  const auto end = run({"--zzzzzz", "--help", "--config=/nowhere"}, {{"KV_X", "1"}});
  CHECK(end.exit_code == 0);
  CHECK(end.err == "");
  CHECK(end.out == troupe::config_help("kv", schema));
}

TEST_CASE("--print-config prints what is in effect and exits with 0, or with 2 on mistakes") {
  const auto end = run({"--print-config", "--listen.port=5"});
  CHECK(end.exit_code == 0);
  CHECK(end.out.starts_with("listen.port = 5  # command line --listen.port\n"));
  CHECK(end.out.find("\nscheduler.workers = 0  # default\n") != std::string::npos);
  CHECK(run({"--print-config", "--zzzzzz"}).exit_code == 2);
}

TEST_CASE("reread gives what is set by now, or all mistakes at once, and neither prints nor ends") {
  std::string path = (std::filesystem::temp_directory_path() / "troupe-from-XXXXXX").string();
  REQUIRE(mkstemp(path.data()) >= 0);
  const auto end = in_child([&] {
    clearenv();
    const char* argv[] = {"kv", "--config", path.c_str(), "--listen.port=4"};
    const auto reread = [&] {
      const auto c = troupe::config::reread(4, argv, kv_schema());
      std::printf("%s\n", c ? c->where("listen.port").c_str() : c.error().text.c_str());
    };
    const auto write = [&](const char* text) { std::ofstream{path} << text; };
    reread();
    write("[listen]\nprot = 3\nport = true\n");
    reread();
    argv[3] = "--help";  // is the first reading's business
    write("[listen]\nport = 5\n");
    reread();
    std::fflush(stdout);
  });
  std::filesystem::remove(path);
  CHECK(end.err == "");
  CHECK(end.out.starts_with("command line --listen.port\n" + path +
                            ":2: unknown key listen.prot; did you mean listen.port?\n" + path +
                            ":3: listen.port: expected "));
  CHECK(end.out.ends_with("\n" + path + ":2\n"));
  CHECK(end.exit_code == 99);
}

TEST_CASE("from without a schema of one's own has the library's keys and TROUPE as its prefix") {
  const auto end = in_child([] {
    clearenv();
    setenv("TROUPE_SCHEDULER_WORKERS", "3", 1);
    const char* argv[] = {"x"};
    const auto c = troupe::config::from(1, argv);
    std::printf("%d\n", static_cast<int>(c.get_int("scheduler.workers")));
    std::fflush(stdout);
  });
  CHECK(end.out == "3\n");
}

}  // namespace config_from_test
