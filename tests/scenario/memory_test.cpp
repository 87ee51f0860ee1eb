// What requests and replies may cost a node in memory, however many clients there are and whatever they ask for.
#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <thread>

#include "scenario/nodes.hpp"

namespace scenario_memory_test {

using namespace scenario;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kib = 1024, mib = 1024 * kib;

std::size_t peak_growth(nodes& n, std::size_t number, std::size_t before) {
  const std::size_t peak = n.at(number).peak_resident_bytes();
  return peak > before ? peak - before : 0;
}

std::string mget(std::string_view key, std::size_t times) {
  std::vector<std::string_view> words(times + 1, key);
  words.front() = "MGET";
  return request(words);
}

// How a connection ended that did its part: its reply, or "closed" when that was cut off with the connection.
std::string last_words(client& c) {
  try {
    return c.reply();
  } catch (const std::exception&) {
    return "closed";
  }
}

}  // namespace

TEST_CASE(
    "SE3: one large key asked for 65,000 times in one MGET is refused before it costs memory, near and far") {
  nodes n(2);
  client c = n.connect(1);
  const std::string value(900 * kib, 'v');
  for (const std::size_t node : {1u, 2u}) {
    const std::string key = n.key_on(node), other = n.key_on(3 - node);
    REQUIRE(c.ask({"SET", key, value}) == "+OK\r\n");
    REQUIRE(c.ask({"SET", other, "o"}) == "+OK\r\n");
    // 18 values take less than 16 MiB, also when that is more than their shard's part of it.
    c.send(mget(key, 18));
    CHECK(c.reply().size() > 18 * value.size());
    std::vector<std::string_view> words(18, key);
    words.front() = "MGET";
    words.push_back(other);
    const std::string both = c.ask(words);
    CHECK(both.starts_with("*18\r\n$921600\r\n"));
    CHECK(both.ends_with("v\r\n$1\r\no\r\n"));
    const std::size_t here = n.at(1).peak_resident_bytes(), there = n.at(2).peak_resident_bytes();
    for (const std::size_t times : {20u, 65'000u}) {
      c.send(mget(key, times));
      CHECK(c.reply() ==
            "-ERR the values of these keys take more than 16777216 bytes, the most one reply may have; "
            "ask for fewer at once\r\n");
    }
    const std::size_t cost_here = peak_growth(n, 1, here), cost_there = peak_growth(n, 2, there);
    MESSAGE("a refused MGET of keys on n" << node << " cost at most " << cost_here / mib << " MiB on n1, "
                                          << cost_there / mib << " MiB on n2");
    CHECK(cost_here < 32 * mib);  // 65,000 names take some
    CHECK(cost_there < 32 * mib);
    CHECK(c.ask({"STRLEN", key}) == ":921600\r\n");
  }
}

TEST_CASE("SE1: a pipeline of large writes to a node that stalls costs a few of them, not all") {
  nodes n(2, {}, 5s);
  client c = n.connect(1);
  const std::string far = n.key_on(2), near = n.key_on(1);
  REQUIRE(c.ask({"SET", far, "f"}) == "+OK\r\n");
  const std::size_t before = n.at(1).resident_bytes();
  n.at(2).stall();
  std::string sets;
  for (int i = 0; i < 100; ++i) sets += request({"SET", far, std::string(1000 * kib, 'w')});
  client writer = n.connect(1);
  writer.send(sets);  // the heartbeat limit ends the wait
  for (int i = 0; i < 100; ++i) REQUIRE(writer.reply().starts_with("-UNAVAILABLE node n2"));
  const std::size_t grown = peak_growth(n, 1, before);
  MESSAGE("100 MB of writes under way cost at most " << grown / mib << " MiB");
  CHECK(grown < 48 * mib);
  CHECK(c.ask({"SET", near, "n"}) == "+OK\r\n");
  n.at(2).signal(SIGCONT);
}

TEST_CASE(
    "SE1, SE2: many half requests at once use up their memory and no more, and none of them hangs for ever") {
  nodes n(1, "request_bytes_max = \"32MiB\"\nrequest_time_max = \"500ms\"\n");
  client small = n.connect();
  const std::string whole = request({"SET", "half", std::string(1000 * kib, 'h')});
  const std::size_t half = whole.size() - 10;
  const std::size_t before = n.at().resident_bytes();
  std::vector<client> halves;
  for (int i = 0; i < 100; ++i) {
    halves.push_back(n.connect());
    halves.back().send_while_taken(std::string_view(whole).substr(0, half), 1ms);
    REQUIRE(small.ask({"INCR", "served"}) == ":" + std::to_string(i + 1) + "\r\n");
  }
  // Someone who sends all of a large request waits for those who don't, but not for ever: it is done, at worst when it
  // is sent again.
  std::string answer;
  for (int tries = 0; tries < 3 && answer != "+OK\r\n"; ++tries) {
    client honest = n.connect();
    answer = honest.ask({"SET", "honest", std::string(1000 * kib, 'w')});
  }
  CHECK(answer == "+OK\r\n");
  CHECK(small.ask({"GET", "served"}) == "$3\r\n100\r\n");
  std::size_t told = 0, closed = 0, done = 0;
  for (auto& c : halves) {
    c.send_while_taken(std::string_view(whole).substr(half), 1ms);
    const std::string last = last_words(c);
    told += last.starts_with("-OVERLOADED ");
    closed += last == "closed";
    done += last == "+OK\r\n";
    c.close();
  }
  MESSAGE(told << " were told, " << closed << " closed, " << done << " done");
  CHECK(told + closed + done == halves.size());
  CHECK(told + closed > 0);
  const std::size_t grown = peak_growth(n, 1, before);
  MESSAGE("100 half requests of 1,000 KiB cost at most " << grown / mib << " MiB");
  CHECK(grown < 3 * 32 * mib);  // a buffer that grows is there twice, and a request is copied once
  CHECK(small.ask({"STRLEN", "honest"}) == ":1024000\r\n");
}

TEST_CASE("SE1, RB5: large requests that together take more than there is all get done, without an error") {
  // A client may be silent for request_time_max while others wait: more than a busy machine keeps a thread waiting.
  nodes n(1, "request_bytes_max = \"32MiB\"\nrequest_time_max = \"3s\"\n");
  const std::string value(1000 * kib, 'm');
  std::vector<std::string> keys;
  for (int i = 0; i < 15; ++i) keys.push_back("m" + std::to_string(i));
  std::vector<std::string_view> words{"MSET"};
  for (const auto& key : keys) words.insert(words.end(), {key, value});
  const std::string whole = request(words);  // nearly 15 MiB
  std::vector<client> all;
  for (int i = 0; i < 8; ++i) all.push_back(n.connect());
  // A piece of each in turn, so that each of them holds a part when the memory is gone; without waiting for any, since
  // the others would be silent meanwhile.
  const std::size_t piece = 256 * kib;
  std::vector<std::size_t> sent(all.size());
  for (int round = 0; round < 20; ++round)
    for (std::size_t i = 0; i < all.size(); ++i)
      sent[i] += all[i].send_while_taken(std::string_view(whole).substr(sent[i], piece), 0ms);
  std::vector<std::thread> senders;
  for (std::size_t i = 0; i < all.size(); ++i)
    senders.emplace_back(
        [&, i] { all[i].send_while_taken(std::string_view(whole).substr(sent[i]), patience); });
  for (auto& s : senders) s.join();
  for (auto& c : all) CHECK(c.reply() == "+OK\r\n");
}

TEST_CASE("CN7: connections that have read and written large values cost little once they are idle again") {
  nodes n(1);
  client first = n.connect();
  const std::string value(900 * kib, 'v');
  REQUIRE(first.ask({"SET", "large", value}) == "+OK\r\n");
  std::size_t before = 0;
  std::vector<client> all;
  for (int i = 0; i < 250; ++i) {
    if (i == 50) before = n.at().resident_bytes();  // caches and the allocator have what they need by now
    all.push_back(n.connect());
    REQUIRE(all.back().ask({"GET", "large"}).size() == value.size() + 11);
    REQUIRE(all.back().ask({"SET", "large", value}) == "+OK\r\n");
    // Behind the large ones in one write a request that is not whole: what they needed is given back all the same.
    all.back().send(request({"PING"}) + "*2\r\n$3\r\nGET\r\n$5\r\nlar");
    REQUIRE(all.back().reply() == "+PONG\r\n");
  }
  const std::size_t now = n.at().resident_bytes();
  const std::size_t grown = now > before ? now - before : 0;
  MESSAGE("200 idle connections after large values: " << grown / kib << " KiB");
  CHECK(grown < 200 * 32 * kib);
}

}  // namespace scenario_memory_test
