// Topics (TP1-TP5).
#include <doctest/doctest.h>

#include <troupe/pattern/topic.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/cell/world.hpp"
#include "unit/pattern/elsewhere.hpp"

namespace pattern_topic_test {

using namespace troupe;
using namespace life;

namespace {

struct price {
  int cents = 0;
};
struct hold_up {};
struct ping {
  using reply = int;
};

/// Notes what it is told.
class screen : public actor<price, hold_up, ping> {
 public:
  screen(journal_ptr to, gate_ptr g) : to_(std::move(to)), gate_(std::move(g)) {}
  void on(const price& m) { to_->note(path() + " " + std::to_string(m.cents)); }
  void on(const hold_up&) {
    to_->note("held up");
    gate_->pass();
  }
  int on(const ping&) { return 1; }

 private:
  journal_ptr to_;
  gate_ptr gate_;
};

struct stage {
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{quiet()};

  ref<screen> one(std::string name) { return spawn<screen>(sys, std::move(name), j, g); }
  std::uint64_t count(const topic<price>& t) { return t.ask(count_subscribers{}, patience).get().value(); }
};

}  // namespace

TEST_CASE(
    "TP1: every subscriber gets what is published after it subscribed, in order, and nothing after it has "
    "left") {
  stage s;
  const auto t = spawn_topic<price>(s.sys, {.name = "prices"});
  const auto a = s.one("a"), b = s.one("b");
  t.publish(price{1});
  t.subscribe(a);
  t.publish(price{2});
  t.subscribe(b);
  t.publish(price{3});
  t.unsubscribe(a);
  t.publish(price{4});
  REQUIRE(s.j->wait_for("/user/b 4"));
  CHECK(a.ask(ping{}, patience).get().value() == 1);  // behind whatever it was sent
  lines of_a, of_b;
  for (const auto& line : s.j->all()) (line.starts_with("/user/a") ? of_a : of_b).push_back(line);
  CHECK(of_a == lines{"/user/a 2", "/user/a 3"});
  CHECK(of_b == lines{"/user/b 3", "/user/b 4"});
}

TEST_CASE("TP3: subscribing twice is subscribing once; a subscriber that stops is dropped") {
  stage s;
  const auto t = spawn_topic<price>(s.sys, {.name = "prices"});
  const auto a = s.one("a"), b = s.one("b");
  t.subscribe(a);
  t.subscribe(b);
  t.subscribe(ref_to<price>(s.sys.env(), "/user/a"));
  CHECK(s.count(t) == 2);
  // The topic watched it before this test does, so it is told first, and the question comes behind that.
  REQUIRE(stop_and_wait(a));
  REQUIRE(s.count(t) == 1);
  t.publish(price{1});
  CHECK(s.j->wait_for("/user/b 1"));
  CHECK(s.sys.events().count(event_kind::dead_letter) == 0);
  CHECK_THROWS_WITH(t.subscribe(ref<price>{}), "invalid: topic /user/prices: an empty ref can't subscribe");
}

TEST_CASE("TP4: with retain a new subscriber gets the last message first") {
  stage s;
  const auto t = spawn_topic<price>(s.sys, {.name = "prices", .retain = true});
  const auto a = s.one("a");
  t.publish(price{1});
  t.publish(price{2});
  t.subscribe(a);
  t.publish(price{3});
  REQUIRE(s.j->wait_for("/user/a 3"));
  CHECK(s.j->all() == lines{"/user/a 2", "/user/a 3"});
}

TEST_CASE("TP5: a subscriber with too many messages waiting is unsubscribed, and the event says why") {
  stage s;
  auto told = std::make_shared<journal>();
  s.sys.events().subscribe([told](const event& e) { told->note(e.path + " " + e.reason + ": " + e.action); });
  const auto t = spawn_topic<price>(s.sys, {.name = "prices", .waiting_max = 2});
  const auto slow = s.one("slow"), quick = s.one("quick");
  t.subscribe(slow);
  t.subscribe(quick);
  slow.tell(hold_up{});
  REQUIRE(s.j->wait_for("held up"));
  for (int i = 1; i <= 10; ++i) {
    t.publish(price{i});
    REQUIRE(s.j->wait_for("/user/quick " + std::to_string(i)));
  }
  CHECK(told->wait_for(
      "/user/slow overloaded: unsubscribed from /user/prices: 3 messages wait, more than 2 (TP5)"));
  CHECK(s.count(t) == 1);
  s.g->open();
  CHECK(s.j->wait_for("/user/slow 3"));
  CHECK(s.j->count("/user/slow 4") == 0);
}

TEST_CASE("TP5: with skip a slow subscriber misses what is published until it has caught up, and stays") {
  stage s;
  auto told = std::make_shared<journal>();
  s.sys.events().subscribe([told](const event& e) { told->note(e.path + " " + e.reason + ": " + e.action); });
  const auto t =
      spawn_topic<price>(s.sys, {.name = "prices", .waiting_max = 2, .slow = slow_subscriber::skip});
  const auto slow = s.one("slow");
  t.subscribe(slow);
  slow.tell(hold_up{});
  REQUIRE(s.j->wait_for("held up"));
  for (int i = 1; i <= 5; ++i) t.publish(price{i});
  CHECK(s.count(t) == 1);
  CHECK(told->count(
            "/user/slow overloaded: passed over by /user/prices: 3 messages wait, more than 2 (TP5)") == 2);
  s.g->open();
  REQUIRE(s.j->wait_for("/user/slow 3"));
  CHECK(slow.ask(ping{}, patience).get().value() == 1);
  t.publish(price{6});
  CHECK(s.j->wait_for("/user/slow 6"));
  CHECK(s.j->count("/user/slow 4") == 0);
}

TEST_CASE("many who come and leave do not keep a topic growing, and those who stay keep their order") {
  stage s;
  const auto t = spawn_topic<price>(s.sys, {.name = "prices"});
  std::vector<ref<screen>> all;
  for (int i = 0; i < 100; ++i) all.push_back(s.one("s" + std::to_string(i)));
  for (const auto& a : all) t.subscribe(a);
  for (int i = 0; i < 100; ++i)
    if (i % 10 != 0) t.unsubscribe(all[static_cast<std::size_t>(i)]);
  CHECK(s.count(t) == 10);
  t.publish(price{5});
  for (int i = 0; i < 100; i += 10) CHECK(s.j->wait_for("/user/s" + std::to_string(i) + " 5"));
  t.unsubscribe(all[50]);
  CHECK(s.count(t) == 9);
  t.publish(price{6});
  for (int i = 0; i < 100; i += 10)
    if (i != 50) CHECK(s.j->wait_for("/user/s" + std::to_string(i) + " 6"));
  CHECK(all[50].ask(ping{}, patience).get().value() == 1);
  CHECK(s.j->count("/user/s50 6") == 0);
}

TEST_CASE("TP3, TP4: who subscribes again has the last message already") {
  stage s;
  const auto t = spawn_topic<price>(s.sys, {.name = "prices", .retain = true});
  const auto a = s.one("a");
  t.publish(price{1});
  for (int i = 0; i < 2; ++i) t.subscribe(a);
  CHECK(s.count(t) == 1);
  CHECK(a.ask(ping{}, patience).get().value() == 1);
  CHECK(s.j->all() == lines{"/user/a 1"});
}

TEST_CASE("a topic does not take whom it can't watch, and says so") {
  testkit::test_system sys{testkit::for_doctest()};
  sys.keep("/user/prices");
  const auto t = spawn_topic<price>(sys, {.name = "prices"});
  t.subscribe(ref_to<price>(sys.env(), "/user/nobody"));
  CHECK(sys.expect_reply(t.ask(count_subscribers{}, 5s)) == 0);
  sys.expect_log(log_level::error, "'/user/nobody' can't subscribe: nobody is there");
  t.publish(price{1});
  sys.settle();
  sys.said().expect_nothing_else({.dead_letters = true});
}

TEST_CASE("TP3: a subscriber of another process is told once, and watched for as long as it is told") {
  routed::elsewhere far;
  testkit::test_system sys{testkit::for_doctest()};
  sys.keep("/user/prices");
  const ref<price> who{address_ptr{&far}};
  const auto t = spawn_topic<price>(sys, {.name = "prices", .waiting_max = 2});
  t.subscribe(who);
  t.subscribe(who);
  t.publish(price{1});
  sys.settle();
  CHECK(far.told == 1);
  CHECK(sys.expect_reply(t.ask(count_subscribers{}, 5s)) == 1);
  CHECK(far.watched);
  t.unsubscribe(who);
  t.publish(price{2});
  CHECK(sys.expect_reply(t.ask(count_subscribers{}, 5s)) == 0);
  CHECK(far.told == 1);
  CHECK_FALSE(far.watched);
  t.subscribe(who);
  far.backlog = 2;
  t.publish(price{3});
  sys.settle();
  CHECK(far.told == 2);
  far.backlog = 3;
  t.publish(price{4});  // TP5
  CHECK(sys.expect_reply(t.ask(count_subscribers{}, 5s)) == 0);
  CHECK(far.told == 2);
  CHECK_FALSE(far.watched);
  CHECK(sys.expect_dead_letter<price>("n2:/user/there").reason == "overloaded");
}

}  // namespace pattern_topic_test
