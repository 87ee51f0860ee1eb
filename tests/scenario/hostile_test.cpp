// Clients that mean harm or have gone wrong: the node goes on serving, and they cost it little.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>

#include "scenario/nodes.hpp"

namespace scenario_hostile_test {

using namespace scenario;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kib = 1024, mib = 1024 * kib;

// How much the node has grown since `before`; 0 when it has shrunk.
std::size_t growth(nodes& n, std::size_t before) {
  const std::size_t now = n.at().resident_bytes();
  return now > before ? now - before : 0;
}

}  // namespace

TEST_CASE("wrong lengths and garbage are told and cut off, and cost nothing that was only announced") {
  nodes n(1);
  REQUIRE(serves(n));
  const std::size_t before = n.at().resident_bytes();
  for (const char* bytes : {"*2\r\n$3\r\nGET\r\n$1073741824\r\nx", "*1000000000\r\n", "*-5x\r\n",
                            "*1\r\n$-7\r\n", "*1\r\n$3\r\nPINGPONG\r\n", "*2\r\n$4\r\nECHO\r\n*1\r\n",
                            "*99999999999999999999999999999999999999\r\n"}) {
    CAPTURE(bytes);
    client c = n.connect();
    c.send(bytes);
    CHECK(c.rest().starts_with("-ERR Protocol error: "));
    CHECK(serves(n));
  }
  std::string garbage;
  for (std::uint32_t i = 0, x = 12345; i < 4096; ++i)
    garbage.push_back(static_cast<char>((x = x * 1664525u + 1013904223u) >> 24));
  client c = n.connect();
  c.send(garbage + "\r\n");
  CHECK(serves(n));
  CHECK(growth(n, before) < 16 * mib);
}

TEST_CASE("frames that end in the middle leave nothing behind") {
  nodes n(1);
  const std::string whole = request({"SET", "half", std::string(100 * kib, 'h')});
  REQUIRE(serves(n));
  const std::size_t before = n.at().resident_bytes();
  for (std::size_t i = 0; i < 200; ++i) {
    client c = n.connect();
    c.send(std::string_view(whole).substr(0, 1 + i * (whole.size() - 2) / 199));
  }
  CHECK(n.connect().ask({"EXISTS", "half"}) == ":0\r\n");
  CHECK(growth(n, before) < 32 * mib);
}

TEST_CASE("64 MiB without a line end are cut off early") {
  nodes n(1);
  REQUIRE(serves(n));
  const std::size_t before = n.at().resident_bytes();
  client c = n.connect();
  const std::string chunk(1 * mib, 'a');
  std::size_t sent = 0;
  while (sent < 64 * mib) {
    const std::size_t taken = c.send_while_taken(chunk, 2s);
    sent += taken;
    if (taken < chunk.size()) break;
  }
  CHECK(sent < 32 * mib);
  CHECK(growth(n, before) < 8 * mib);
  CHECK(serves(n));
}

TEST_CASE("a client that never reads its answers is slowed down and not served more of them") {
  nodes n(1);
  client fast = n.connect();
  REQUIRE(fast.ask({"SET", "big", std::string(512 * kib, 'b')}) == "+OK\r\n");
  const std::size_t before = n.at().resident_bytes();
  std::string gets;
  for (int i = 0; i < 4000; ++i) gets += request({"GET", "big"});  // 2 GiB of answers
  client slow = n.connect();
  slow.send(gets);
  // Each of these stands in the shard's mailbox behind what the slow client was let ask for: by the end it has had
  // every chance to be served too much.
  for (int i = 0; i < 4000; ++i) REQUIRE(fast.ask({"STRLEN", "big"}) == ":524288\r\n");
  // At most kv.pipeline_max answers are under way and as many wait to be sent: 2 * 128 * 512 KiB. As much again is for what the heaps of the
  // allocator, one for each thread, keep and have in pieces: 98 to 217 MiB were seen in all, where the answers are 2 GiB.
  const std::size_t most = n.at().peak_resident_bytes() - before;
  MESSAGE("a client that does not read costs at most " << most / mib << " MiB");
  CHECK(most < 2 * 128 * mib);
  // It is slowed, not cut off: what it was promised still comes.
  for (int i = 0; i < 400; ++i) REQUIRE(slow.reply().size() == 512 * kib + 11);
  slow.close();
  CHECK(fast.ask({"STRLEN", "big"}) == ":524288\r\n");
}

TEST_CASE("10,000 idle connections cost little and the node still serves") {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const std::size_t wanted = std::min<std::size_t>(10'000, files.rlim_cur > 500 ? files.rlim_cur - 400 : 100);
  if (wanted < 10'000) MESSAGE("the limit of open files allows " << wanted << " connections only");
  nodes n(1);
  REQUIRE(serves(n));
  const std::size_t before = n.at().resident_bytes();
  std::vector<client> idle;
  for (std::size_t i = 0; i < wanted; ++i) idle.push_back(n.connect());
  for (auto& c : idle) c.send("PING\r\n");
  for (auto& c : idle) REQUIRE(c.reply() == "+PONG\r\n");
  const std::size_t each = growth(n, before) / wanted;
  MESSAGE(wanted << " connections cost " << each << " bytes each");
  CHECK(each < 8 * kib);
  CHECK(serves(n));
  idle.clear();
  CHECK(serves(n));
  n.at().signal(SIGTERM);
  CHECK(n.at().wait() == 0);
}

}  // namespace scenario_hostile_test
