// What the strategies do (RO1-RO4).
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "unit/pattern/workers.hpp"

namespace pattern_router_test {

using namespace routed;

TEST_CASE("round_robin: members have messages in turn") {
  stage s;
  const auto pool = s.pool(3, round_robin{});
  std::map<std::string, int> count;
  for (int i = 0; i < 30; ++i) ++count[s.who_answers(pool)];
  CHECK(count == std::map<std::string, int>{{member(1), 10}, {member(2), 10}, {member(3), 10}});
}

TEST_CASE("random_member: every member is drawn") {
  stage s;
  const auto pool = s.pool(4, random_member{});
  std::set<std::string> seen;
  for (int i = 0; i < 400; ++i) seen.insert(s.who_answers(pool));
  CHECK(seen.size() == 4);
}

TEST_CASE("least_loaded: a member with messages waiting gets none while another is idle") {
  stage s;
  const auto pool = s.pool(2, least_loaded{});
  const auto first = ref_to<worker>(s.sys.env(), member(1));
  first.tell(work{1, true});
  REQUIRE(s.j->wait_for("waits " + member(1)));
  first.tell(work{2, false});
  for (int i = 0; i < 20; ++i) CHECK(s.who_answers(pool) == member(2));
  s.g->open();
  CHECK(s.j->wait_for(member(1) + " 2"));
}

TEST_CASE(
    "RO2: consistent_hash without a bound sends a key to one member, different keys to different ones") {
  stage s;
  const consistent_hash by_key{[](const auto& m) {
                                 if constexpr (requires { m.key; })
                                   return m.key;
                                 else
                                   return 0;
                               },
                               {.bound_percent = 0}};
  const auto pool = s.pool(4, by_key);
  std::set<std::string> all;
  for (int key = 0; key < 50; ++key) {
    const std::string first = s.who_answers(pool, key);
    for (int i = 0; i < 3; ++i) REQUIRE(s.who_answers(pool, key) == first);
    all.insert(first);
  }
  CHECK(all.size() == 4);
}

TEST_CASE("consistent_hash with a bound: a busy member's keys go on to the next") {
  stage s;
  const consistent_hash one_key{[](const auto&) { return std::string{"the key"}; }};
  const auto pool = s.pool(2, one_key);
  const std::string owner = s.who_answers(pool);
  const auto busy = ref_to<worker>(s.sys.env(), owner);
  busy.tell(work{1, true});
  REQUIRE(s.j->wait_for("waits " + owner));
  for (int i = 0; i < 10; ++i) busy.tell(work{2, false});
  CHECK(s.who_answers(pool) != owner);
  s.g->open();
}

TEST_CASE("broadcast: every member has the message, an ask the first answer") {
  stage s;
  const auto pool = s.pool(3, broadcast{});
  pool.tell(work{7, false});
  for (int n = 1; n <= 3; ++n) CHECK(s.j->wait_for(member(n) + " 7"));
  CHECK(pool.ask(who{}, patience).get().has_value());
}

TEST_CASE("RO4: scatter_gather answers with the first success, though the others fail or are silent") {
  stage s;
  const auto pool = s.pool(3, scatter_gather{});
  ref_to<worker>(s.sys.env(), member(3)).tell(work{1, true});
  REQUIRE(s.j->wait_for("waits " + member(3)));
  CHECK(pool.ask(refuse{member(1)}, patience).get().value() == member(2));
  s.g->open();
}

TEST_CASE("RO4: scatter_gather fails when all have failed, and says how many and the last error") {
  stage s;
  const auto pool = s.pool(3, scatter_gather{});
  const auto answer = pool.ask(refuse{}, patience).get();
  REQUIRE(answer.has_error());
  CHECK(answer.error().code == errc::not_found);
  CHECK(answer.error().text == "none of the 3 members that were asked succeeded; the last: not here");
}

TEST_CASE("RO4: scatter_gather ends with the asker's deadline when nobody answers") {
  stage s;
  const auto pool = s.pool(1, scatter_gather{});
  pool.tell(work{1, true});
  REQUIRE(s.j->wait_for("waits " + member(1)));
  CHECK(pool.ask(who{}, 20ms).get().error().code == errc::timeout);
  s.g->open();
}

TEST_CASE("scatter_gather with a number asks so many members") {
  stage s;
  const auto pool = s.pool(4, scatter_gather{.members = 2});
  pool.tell(work{5, false});
  CHECK(s.j->wait_for("work 5", 2));
  CHECK(pool.ask(refuse{}, patience).get().has_error());
  CHECK(s.j->count("work 5") == 2);
}

TEST_CASE("tail_chopping: who is silent for the interval is not waited for alone") {
  stage s;
  const auto pool = s.pool(2, tail_chopping{1ms});
  ref_to<worker>(s.sys.env(), member(1)).tell(work{1, true});
  REQUIRE(s.j->wait_for("waits " + member(1)));
  for (int i = 0; i < 8; ++i)
    CHECK(s.who_answers(pool) == member(2));  // half of them draw the silent one first
  s.g->open();
}

TEST_CASE("tail_chopping: who fails makes the next be asked at once, and an early success asks nobody else") {
  stage s;
  const auto pool = s.pool(2, tail_chopping{1h});
  for (int i = 0; i < 8; ++i) CHECK(pool.ask(refuse{member(1)}, 2h).get().value() == member(2));
  CHECK(s.j->count("asked " + member(2)) == 8);
  const auto none = pool.ask(refuse{}, 2h).get();
  CHECK(none.error().code == errc::not_found);
}

TEST_CASE("RO3: with no member a tell is a dead letter and an ask is answered, both with stopped") {
  stage s;
  const auto group = spawn_group(s.sys, {.name = "empty"}, round_robin{}, std::vector<ref<who>>{});
  group.tell(who{});
  CHECK(group.ask(who{}, patience).get().error().code == errc::stopped);
  CHECK(s.sys.events().count(event_kind::dead_letter) == 2);
}

TEST_CASE("settings that make no sense are one error that names them") {
  stage s;
  const auto text = [](auto f) {
    try {
      f();
    } catch (const failed& e) {
      return e.why().text;
    }
    return std::string{"nothing was thrown"};
  };
  CHECK(text([&] { s.pool(0, round_robin{}); }) == "pool 'pool': a pool has 1 to 10000 members, not 0");
  CHECK(text([&] { s.pool(1, tail_chopping{0s}); }) == "tail_chopping: interval must be more than 0");
  const auto key = [](const auto&) { return 1; };
  CHECK(text([&] {
          s.pool(1, consistent_hash{key, {.bound_percent = 99}});
        }) == "consistent_hash: bound_percent must be 0 (no bound) or at least 100, not 99");
  CHECK(text([&] {
          s.pool(1, consistent_hash{key, {.points = 0}});
        }) == "consistent_hash: points must be from 1 to 1000, not 0");
  CHECK(text([&] {
          s.pool(1, consistent_hash{key, {.points = 1001}});
        }) == "consistent_hash: points must be from 1 to 1000, not 1001");
  CHECK(text([&] { spawn_pool<worker>({.name = "x"}, round_robin{}, s.j, s.g); }) ==
        "spawn_pool outside of an actor: there is no parent; give the system first, as in spawn_pool(sys, "
        "...)");
}

TEST_CASE(
    "least_loaded: with equal members it takes turns, and of many members it finds an idle one among busy "
    "ones") {
  stage s;
  const auto even = spawn_pool<worker>(s.sys, {.name = "even", .size = 3}, least_loaded{}, s.j, s.g);
  std::map<std::string, int> count;
  for (int i = 0; i < 30; ++i) ++count[s.who_answers(even)];
  CHECK(count.size() == 3);
  for (const auto& [path, n] : count) CHECK(n == 10);
}

TEST_CASE("scatter_gather: who is asked changes in turn when not all are, and an ask answers once") {
  stage s;
  const auto pool = s.pool(3, scatter_gather{.members = 1});
  std::map<std::string, int> count;
  for (int i = 0; i < 9; ++i) ++count[s.who_answers(pool)];
  CHECK(count == std::map<std::string, int>{{member(1), 3}, {member(2), 3}, {member(3), 3}});
}

TEST_CASE("tail_chopping: a tell goes to one member, whatever the interval") {
  stage s;
  const auto pool = s.pool(3, tail_chopping{1h});
  s.g->open();
  for (int i = 0; i < 20; ++i) pool.tell(work{i, false});
  for (int i = 0; i < 20; ++i) REQUIRE(s.j->wait_for("work " + std::to_string(i)));
  for (int i = 0; i < 20; ++i) CHECK(s.j->count("work " + std::to_string(i)) == 1);
}

TEST_CASE(
    "RO4: tail_chopping fails only when all have failed, and a deadline shorter than the interval still "
    "tries two") {
  stage s;
  const auto pool = s.pool(3, tail_chopping{1h});
  const auto none = pool.ask(refuse{}, 10h).get();
  CHECK(none.error().text == "none of the 3 members that were asked succeeded; the last: not here");
  const auto two = pool.ask(refuse{}, 20s).get();
  CHECK(two.error().text == "none of the 2 members that were asked succeeded; the last: not here");
}

TEST_CASE(
    "consistent_hash: a key that can't be read is a dead letter and an error of its ask, and the log says "
    "why") {
  stage s;
  const consistent_hash broken{[](const auto&) -> int { throw std::runtime_error{"no key"}; }};
  const auto pool = s.pool(2, broken);
  const auto answer = pool.ask(who{}, patience).get();
  REQUIRE(answer.has_error());
  CHECK(answer.error().code == errc::invalid);
  CHECK(s.sys.events().count(event_kind::dead_letter) == 1);
}

}  // namespace pattern_router_test
