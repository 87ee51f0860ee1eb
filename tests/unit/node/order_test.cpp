// What a handler tells actors of another node one after the other comes in the order it was sent (M3, OB1), or is a dead letter (M2).
#include <doctest/doctest.h>

#include <functional>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/contract/pack.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/pair.hpp"

namespace node_order_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using life::lines;
using wire::frame_kind;

namespace {

struct word {
  std::int32_t n = 0;
  std::string rest = {};
};
TROUPE_CONTRACT(word, "order_test.word", 1, n, rest)
struct question {
  std::int32_t n = 0;
  using reply = std::int32_t;
};
TROUPE_CONTRACT(question, "order_test.question", 1, n)
/// What its receiver does.
struct act {
  std::function<void()> what;
};

class shelf : public actor<word, question> {
 public:
  explicit shelf(journal_ptr to) : to_(std::move(to)) {}
  void on(const word& m) { to_->note(std::to_string(m.n)); }
  std::int32_t on(const question& m) {
    to_->note(std::to_string(m.n));
    return m.n;
  }

 private:
  const journal_ptr to_;
};
using shelf_ref = ref<word, question>;

/// Waits in its first message.
class stuck : public actor<word> {
 public:
  stuck(journal_ptr to, life::gate_ptr g) : to_(std::move(to)), gate_(std::move(g)) {}
  void on(const word&) {
    to_->note("stuck");
    gate_->pass();
  }

 private:
  const journal_ptr to_;
  const life::gate_ptr gate_;
};

class doer : public actor<act> {
 public:
  void on(const act& m) { m.what(); }
};

/// A doer here, and two shelves on another node.
struct stage {
  stage() {
    for (int i = 0; i < 2; ++i) {
      const std::string name = "shelf" + std::to_string(i);
      spawn<shelf>(*nodes.there, name, heard[i]);
      far[i] = node(*nodes.here, "n2").ref<word, question>("/user/" + name);
      REQUIRE(far[i].ask(question{-1}, 20s).get().value() == -1);
    }
    does = spawn<doer>(*nodes.here, "does");
  }
  static lines numbers(int end) {
    lines out{"-1"};
    for (int n = 0; n < end; ++n) out.push_back(std::to_string(n));
    return out;
  }

  journal_ptr heard[2] = {std::make_shared<journal>(), std::make_shared<journal>()};  // outlive the handlers
  pair_of_nodes nodes;
  shelf_ref far[2];
  ref<act> does;
};

}  // namespace

TEST_CASE(
    "M3: what a handler sends to an actor comes in order, be it small, large or asked, and whomever "
    "else it writes to") {
  stage s;
  constexpr int many = 3'000;
  s.does.tell(act{[&] {
    int next[2] = {0, 0};
    for (std::uint32_t i = 0; next[0] < many || next[1] < many; ++i) {
      const std::size_t to = (i * 2654435761u >> 20) % 7 == 0;
      if (next[to] == many) continue;
      const int n = next[to]++;
      if (n % 97 == 50)
        static_cast<void>(s.far[to].ask(question{n}, 20s));
      else
        s.far[to].tell(word{n, std::string(n % 41 == 7 ? 3'000 : n % 13, 'x')});
    }
  }});
  for (const auto& heard : s.heard) {
    CHECK(heard->wait_for(std::to_string(many - 1)));
    CHECK(heard->all() == stage::numbers(many));
  }
}

TEST_CASE("OB3: what a handler has told before it blocks arrives while it blocks") {
  life::gate g;
  stage s;
  s.does.tell(act{[&] {
    for (int n = 0; n < 3; ++n) s.far[0].tell(word{n});
    g.pass();
    s.far[0].tell(word{3});
  }});
  CHECK(s.heard[0]->wait_for("2"));
  CHECK(s.heard[0]->count("3") == 0);
  g.open();
  CHECK(s.heard[0]->wait_for("3"));
  CHECK(s.heard[0]->all() == stage::numbers(4));
}

TEST_CASE("OB4: a thread that has heard of what a handler did does not overtake what it has told") {
  life::gate g;
  stage s;
  const auto said = std::make_shared<journal>();
  s.does.tell(act{[&] {
    for (int n = 0; n < 3; ++n) s.far[0].tell(word{n});
    said->note("told");
    g.pass();
  }});
  REQUIRE(said->wait_for("told"));
  s.far[0].tell(word{3});
  CHECK(s.heard[0]->wait_for("3"));
  CHECK(s.heard[0]->all() == stage::numbers(4));
  g.open();
}

TEST_CASE("OB1: who is told here, behind what is told there, does not overtake it") {
  stage s;
  const auto second = spawn<doer>(*s.nodes.here, "second");
  for (int round = 0; round < 200; ++round)
    s.does.tell(act{[&, round] {
      for (int n = 0; n < 3; ++n) s.far[0].tell(word{round * 4 + n});
      second.tell(act{[&, round] { s.far[0].tell(word{round * 4 + 3}); }});
      CHECK(s.heard[0]->wait_for(std::to_string(round * 4 + 3)));
    }});
  CHECK(s.heard[0]->wait_for("799"));
  CHECK(s.heard[0]->all() == stage::numbers(800));
}

TEST_CASE("PL14, M2: what finds no room is a dead letter, each once, and the rest arrives in order") {
  constexpr int many = 30'000;  // 27 MB: more than sockets hold
  std::vector<bool> dead(many + 1);
  int letters = 0;
  const auto done = std::make_shared<journal>();
  const world w;
  raw_listener as_n2{w.two};
  node_options o = w.options("n1");
  o.unsent_max = 1u << 20;
  o.heartbeat_interval = 30s;
  o.heartbeat_limit = 60s;
  troupe::system here{quiet(), remoting{o}};
  raw_peer as_it{as_n2.accept()};
  REQUIRE(as_it.next().first == frame_kind::hello);
  as_it.send(frame_of(wire::welcome{
      .capabilities = 0, .node = "n2", .incarnation = 3, .heartbeat_interval = 30s, .epoch = 1}));
  REQUIRE(wait_for_peer(here, true));
  here.events().subscribe([&](const event& e) {
    if (e.kind != event_kind::dead_letter) return;
    const auto at = e.content.find("n: ");
    const std::size_t n = at == std::string::npos ? many : std::stoul(e.content.substr(at + 3));
    if (dead[n] || e.path != "n2:/user/shelf" || !e.reason.starts_with("overloaded"))
      done->note("another: " + e.path + " " + e.reason + e.content);
    dead[n] = true;
    ++letters;
  });
  const auto far = node(here, "n2").ref<word, question>("/user/shelf");
  const auto does = spawn<doer>(here, "does");
  does.tell(act{[&] {
    for (int n = 0; n < many; ++n) far.tell(word{n, std::string(900, 'x')});
  }});
  does.tell(act{[&] { done->note("done"); }});
  REQUIRE(done->wait_for("done"));
  CHECK(letters > 0);
  std::int32_t last = -1;
  for (int left = many - letters; left > 0; --left) {
    const auto [kind, body] = as_it.next();
    REQUIRE(kind == frame_kind::tell);
    const auto m = wire::tell::decode(body).value();
    word got;
    byte_reader in{m.payload};
    REQUIRE(codec<word>::decode(in, got));
    REQUIRE(got.n > last);
    REQUIRE_FALSE(dead[static_cast<std::size_t>(got.n)]);
    last = got.n;
  }
  CHECK(done->all() == lines{"done"});
}

TEST_CASE(
    "PL26, M2: what is kept for a peer that is given up meanwhile is dead letters, each with what it says") {
  const auto letters = std::make_shared<journal>();
  const auto done = std::make_shared<journal>();
  stage s;
  s.nodes.here->events().subscribe([&](const event& e) {
    if (e.kind == event_kind::dead_letter) letters->note(e.path + e.content + ": " + e.sender);
  });
  s.does.tell(act{[&] {
    for (int n = 0; n < 20; ++n) s.far[0].tell(word{n});
    forget_peer(*s.nodes.here, "n2");
    s.far[0].tell(word{20});
  }});
  s.does.tell(act{[&] { done->note("done"); }});
  REQUIRE(done->wait_for("done"));
  // Whatever was sent before the lookout had a look is lost with the connection, and counted there.
  const lines all = letters->all();
  REQUIRE(all.size() > 1);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].starts_with("n2:/user/shelf0"));
    CHECK(all[i].find("n: " + std::to_string(21 - all.size() + i)) != std::string::npos);
    CHECK(all[i].ends_with("/user/does"));
  }
}

TEST_CASE("PL26, MR1: a row whose number has become another's comes in order, and where it was sent") {
  constexpr int bursts = 2'000, a_burst = 20;
  std::atomic<bool> over{false};
  const auto said = std::make_shared<journal>();
  stage s;
  // Numbers are given out anew all the time: each path gets one with its second message, and takes somebody's.
  const auto wanders = spawn<doer>(*s.nodes.here, "wanders");
  std::vector<shelf_ref> nobody;
  for (std::uint32_t i = 0; i < wire::routes_max; ++i)
    nobody.push_back(node(*s.nodes.here, "n2").ref<word, question>("/user/nobody" + std::to_string(i)));
  const std::function<void()> wander = [&] {
    for (const auto& to : nobody) {
      if (over) return said->note("ended");
      to.tell(word{-7});
      to.tell(word{-7});
    }
    wanders.tell(act{wander});
  };
  wanders.tell(act{wander});
  for (int burst = 0; burst < bursts; ++burst)
    s.does.tell(act{[&, burst] {
      for (int i = 0; i < a_burst; ++i) s.far[0].tell(word{burst * a_burst + i});
    }});
  CHECK(s.heard[0]->wait_for(std::to_string(bursts * a_burst - 1)));
  over = true;
  REQUIRE(said->wait_for("ended"));
  CHECK(s.heard[0]->all() == stage::numbers(bursts * a_burst));
  CHECK(s.heard[1]->all() == lines{"-1"});
}

TEST_CASE(
    "PL26, M4: of what left in a row is told how much of it a connection took with it, what it was and from "
    "whom") {
  constexpr int before = 32, many = before + 20, arrived = 44;
  const auto lost = std::make_shared<journal>();
  const world w;
  raw_listener as_n2{w.two};
  troupe::system here{quiet(), remoting{w.options("n1")}};
  here.events().subscribe([lost](const event& e) {
    if (e.kind == event_kind::messages_lost)
      lost->note(std::to_string(e.number) + " " + e.message + " from " + e.sender);
  });
  const auto welcome = [](std::uint64_t messages) {
    return frame_of(wire::welcome{.capabilities = wire::can_route,
                                  .node = "n2",
                                  .incarnation = 3,
                                  .heartbeat_interval = 30s,
                                  .epoch = 1,
                                  .messages = messages});
  };
  {
    raw_peer as_it{as_n2.accept()};
    REQUIRE(as_it.next().first == frame_kind::hello);
    as_it.send(welcome(0));
    REQUIRE(wait_for_peer(here, true));
    const auto far = node(here, "n2").ref<word>("/user/shelf");
    for (int n = 0; n < before; ++n) far.tell(word{n});  // of a thread: none of them in a row
    const auto does = spawn<doer>(here, "does");
    does.tell(act{[far] {
      for (int n = before; n < many; ++n) far.tell(word{n});
    }});
    int by_route = 0;
    for (int came = 0; came < many;) {
      const auto kind = as_it.next().first;
      by_route += kind == frame_kind::routed_tell;
      came += kind == frame_kind::tell || kind == frame_kind::routed_tell;
      REQUIRE((kind == frame_kind::tell || kind == frame_kind::route || kind == frame_kind::routed_tell));
    }
    CHECK(by_route == many - 1);
  }
  raw_peer again{as_n2.accept()};
  REQUIRE(again.next().first == frame_kind::hello);
  again.send(welcome(arrived));
  CHECK(lost->wait_for(std::to_string(many - arrived) + " order_test.word from /user/does"));
  CHECK(lost->all().size() == 1);
}

TEST_CASE("IN24, M4: what comes by a route that is known has its sender") {
  const auto g = std::make_shared<life::gate>();
  const auto letters = std::make_shared<journal>();
  pair_of_nodes nodes;
  nodes.there->events().subscribe([letters](const event& e) {
    if (e.kind == event_kind::dead_letter) letters->note(e.path + e.content + " from " + e.sender);
  });
  const auto there = spawn<stuck>(*nodes.there, "stuck", letters, g);
  spawn<shelf>(*nodes.there, "shelf", letters);
  const auto far = node(*nodes.here, "n2").ref<word>("/user/stuck");
  const auto behind = node(*nodes.here, "n2").ref<word>("/user/shelf");
  const auto does = spawn<doer>(*nodes.here, "does");
  does.tell(act{[far, behind] {
    for (int n = 0; n < 8; ++n) far.tell(word{n});
    behind.tell(word{8});
  }});
  REQUIRE(letters->wait_for("stuck"));
  REQUIRE(letters->wait_for("8"));  // all of them wait there now
  stop(there);
  g->open();
  const std::string from =
      "\"\"} from actor " + std::to_string(does.address()->number()) + " of another node";
  for (int n = 1; n < 8; ++n) {
    CAPTURE(n);
    CHECK(letters->wait_for_part("{n: " + std::to_string(n) + ", rest: " + from));
  }
}

}  // namespace node_order_test
