// How a node ends, and what is there afterwards.
#include <doctest/doctest.h>
#include <signal.h>

#include "scenario/nodes.hpp"

namespace scenario_shutdown_test {

using namespace scenario;
using namespace std::chrono_literals;

TEST_CASE(
    "SIGTERM ends a node with exit code 0 while clients are connected, and its data is there afterwards") {
  nodes n(1);
  client idle = n.connect(), half = n.connect(), busy = n.connect();
  half.send("*2\r\n$3\r\nGET\r\n$5\r\nab");
  for (int i = 0; i < 200; ++i)
    REQUIRE(busy.ask({"SET", "s" + std::to_string(i), std::to_string(i)}) == "+OK\r\n");
  const auto asked = std::chrono::steady_clock::now();
  n.at().signal(SIGTERM);
  CHECK(n.at().wait() == 0);
  const auto took = std::chrono::steady_clock::now() - asked;
  MESSAGE("ended after " << took / 1ms << " ms");
  CHECK(took < 10s);  // nothing here waits for shutdown.deadline, which is 15 s
  CHECK(idle.rest().empty());
  CHECK(n.at().output().find("error") == std::string::npos);
  n.start(1);
  client c = n.connect();
  for (int i = 0; i < 200; ++i) {
    const std::string value = std::to_string(i);
    REQUIRE(c.ask({"GET", "s" + value}) == "$" + std::to_string(value.size()) + "\r\n" + value + "\r\n");
  }
}

TEST_CASE("SIGTERM while a client does not read its answers ends the node in time too") {
  nodes n(1);
  client slow = n.connect();
  REQUIRE(slow.ask({"SET", "big", std::string(512u << 10, 'b')}) == "+OK\r\n");
  std::string gets;
  for (int i = 0; i < 1000; ++i) gets += request({"GET", "big"});
  slow.send(gets);
  const std::size_t before = n.at().resident_bytes();
  wait_until("answers pile up", [&] { return n.at().resident_bytes() > before + (20u << 20); });
  SUBCASE("while it is connected") {}
  SUBCASE("after it has gone") {
    slow.close();
    REQUIRE(serves(n));
  }
  n.at().signal(SIGTERM);
  CHECK(n.at().wait() == 0);  // 0: it was not ended by its shutdown.deadline
}

TEST_CASE("S3: a node whose tree has given up ends with exit code 1 and a line that says so") {
  nodes n(1, "restart_intensity = 0\n");
  client c = n.connect();
  // Each crash is too much for the shards' supervisor; /user/kv puts that back three times in ten seconds.
  const auto crash_until_it_ends = [&] {
    for (;;) c.ask({"TROUPE", "CRASH", "k"});
  };
  CHECK_THROWS_AS(crash_until_it_ends(), std::runtime_error);
  CHECK(n.at().wait() == 1);
  CHECK(n.at().output().find("kv_node: gave up, since /user/kv has ended: failed") != std::string::npos);
}

TEST_CASE("SIGKILL loses nothing that was acknowledged") {
  nodes n(1);
  client c = n.connect();
  std::string sets;
  for (int i = 0; i < 2000; ++i) sets += request({"SET", "c" + std::to_string(i), "v"});
  c.send(sets);
  int acknowledged = 0;
  for (; acknowledged < 700; ++acknowledged) REQUIRE(c.reply() == "+OK\r\n");
  n.at().kill();
  n.start(1);
  client again = n.connect();
  for (int i = 0; i < acknowledged; ++i)
    REQUIRE(again.ask({"GET", "c" + std::to_string(i)}) == "$1\r\nv\r\n");
}

}  // namespace scenario_shutdown_test
