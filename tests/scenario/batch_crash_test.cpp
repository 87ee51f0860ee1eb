// A shard that crashes in the middle of batches: clients see a delay and no error, and nothing is lost.
#include <doctest/doctest.h>

#include "scenario/nodes.hpp"

namespace scenario_batch_crash_test {

using namespace scenario;

TEST_CASE("writes to a shard that crashes again and again are all acknowledged and all there") {
  // More crashes than the default intensity allows on purpose.
  nodes n(1, "restart_intensity = 1000\n");
  constexpr int clients = 4, rounds = 30, batch = 50;
  std::vector<client> writers;
  for (int i = 0; i < clients; ++i) writers.push_back(n.connect());
  client breaker = n.connect();
  const auto key = [](int w, int r, int i) {
    return "{one}" + std::to_string(w) + "." + std::to_string(r) + "." + std::to_string(i);
  };
  for (int r = 0; r < rounds; ++r) {
    for (int w = 0; w < clients; ++w) {
      std::string sets;
      for (int i = 0; i < batch; ++i) sets += request({"SET", key(w, r, i), key(w, r, i)});
      writers[static_cast<std::size_t>(w)].send(sets);
      breaker.send(request({"TROUPE", "CRASH", "{one}"}));
    }
    for (auto& w : writers)
      for (int i = 0; i < batch; ++i) REQUIRE(w.reply() == "+OK\r\n");
    for (int w = 0; w < clients; ++w) REQUIRE(breaker.reply().starts_with("+OK shard"));
  }
  CHECK(breaker.ask({"DBSIZE"}) == ":" + std::to_string(clients * rounds * batch) + "\r\n");
  for (int w = 0; w < clients; ++w)
    for (int r = 0; r < rounds; ++r)
      for (int i = 0; i < batch; ++i) {
        const std::string k = key(w, r, i);
        REQUIRE(breaker.ask({"GET", k}) == "$" + std::to_string(k.size()) + "\r\n" + k + "\r\n");
      }
}

TEST_CASE("an increment is done once for each answer, however often its shard crashes") {
  nodes n(1, "restart_intensity = 1000\n");
  client counter = n.connect(), breaker = n.connect();
  constexpr int rounds = 40, batch = 25;
  long expected = 0;
  for (int r = 0; r < rounds; ++r) {
    std::string incrs;
    for (int i = 0; i < batch; ++i) incrs += request({"INCR", "{two}n"});
    counter.send(incrs);
    breaker.send(request({"TROUPE", "CRASH", "{two}"}));
    for (int i = 0; i < batch; ++i) REQUIRE(counter.reply() == ":" + std::to_string(++expected) + "\r\n");
    REQUIRE(breaker.reply().starts_with("+OK shard"));
  }
}

}  // namespace scenario_batch_crash_test
