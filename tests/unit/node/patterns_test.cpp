// Routers, topics and a receptionist whose members live on another node, on real sockets (GR1, RO1, TP1, RC3, SG1). Who is taken out when, in
// every order of events, is in simulate/patterns_test.cpp.
#include <doctest/doctest.h>

#include <troupe/pattern/group.hpp>
#include <troupe/pattern/receptionist.hpp>
#include <troupe/pattern/service_group.hpp>
#include <troupe/pattern/topic.hpp>
#include <troupe/ref/find.hpp>

#include "unit/node/crew.hpp"
#include "unit/node/world.hpp"

namespace node_patterns_test {

using namespace troupe;
using namespace node_test;
using namespace crew_test;
using life::journal;
using life::journal_ptr;

namespace {

inline const service_key<hand> crew_key{"crew"};

/// Notes each listing: `crew: PATH PATH`.
class reader : public actor<listing<hand>> {
 public:
  explicit reader(journal_ptr to) : to_(std::move(to)) {}
  void on(const listing<hand>& m) {
    std::string line = m.name + ":";
    for (const auto& each : m.all) line += " " + each.path();
    to_->note(line);
  }

 private:
  journal_ptr to_;
};

/// A hand on each of two nodes.
struct two_yards {
  world w;
  journal_ptr notes = std::make_shared<journal>();
  troupe::system one{node_test::quiet(), remoting{w.options("n1")}, receptionist_extension{}};
  std::unique_ptr<troupe::system> two =
      std::make_unique<troupe::system>(node_test::quiet(), remoting{w.options("n2")});
  ref<hand> near = spawn<hand>(one, "hand", "n1", notes), there = spawn<hand>(*two, "hand", "n2", notes);
  ref<hand> far;

  two_yards() {
    REQUIRE(wait_for_peer(one, true));
    far = node(one, "n2").ref<hand>("/user/hand");
  }
};

}  // namespace

TEST_CASE(
    "GR1, RO1: a router over members here and on another node asks, tells, and keeps each one's order") {
  two_yards y;
  const auto turns = spawn_group(y.one, {.name = "turns"}, round_robin{}, std::vector{y.near, y.far});
  std::string said;
  for (int i = 0; i < 4; ++i) said += turns.ask(who{}, 20s).get().value();
  CHECK((said == "n1n2n1n2" || said == "n2n1n2n1"));
  turns.broadcast(news{1});
  for (int n = 2; n < 102; ++n) turns.tell(news{n});
  CHECK(y.notes->wait_for("n2 1"));
  for (int i = 0; i < 2; ++i) CHECK(turns.ask(who{}, 20s).get().has_value());  // behind all that
  int last = 0, heard = 0;
  for (const std::string& line : y.notes->all())
    if (line.starts_with("n2 ")) {
      const int n = std::stoi(line.substr(3));
      CHECK(n > last);
      last = n;
      ++heard;
    }
  CHECK(heard == 51);
}

TEST_CASE("TP1: what is published here reaches subscribers on another node, in order") {
  two_yards y;
  const auto wire = spawn_topic<news>(y.one, {.name = "wire"});
  wire.subscribe(y.far);
  wire.subscribe(y.near);
  for (int n = 1; n <= 100; ++n) wire.publish(news{n});
  CHECK(y.notes->wait_for("n2 100"));
  CHECK(y.notes->wait_for("n1 100"));
  int next = 1;
  for (const std::string& line : y.notes->all())
    if (line.starts_with("n2 ")) CHECK(line == "n2 " + std::to_string(next++));
  CHECK(wire.ask(count_subscribers{}, 20s).get().value() == 2);
}

TEST_CASE(
    "RC3, SG1: whose node goes is listed no more, and the group of the service goes on with the others") {
  two_yards y;
  const auto desk = receptionist_of(y.one);
  const auto r = spawn<reader>(y.one, "reader", y.notes);
  desk.listen(crew_key, ref<listing<hand>>{r});
  REQUIRE(desk.enlist_now(crew_key, y.near, 20s).value());
  REQUIRE(desk.enlist_now(crew_key, y.far, 20s).value());
  CHECK(y.notes->wait_for("crew: /user/hand n2:/user/hand"));
  const auto crew = spawn_group(y.one, {.name = "crew"}, broadcast{}, crew_key);
  CHECK(y.notes->wait_for("crew: /user/hand n2:/user/hand"));
  y.two.reset();
  CHECK(y.notes->wait_for("crew: /user/hand", 2));  // as it was before n2 came
  CHECK(desk.find_now(crew_key, 20s).value() == std::vector{y.near});
  const auto left = find_now<hand>(y.one, "/user/hand");
  REQUIRE(left.has_value());
  CHECK(left->ask(who{}, 20s).get().value() == "n1");
}

}  // namespace node_patterns_test
