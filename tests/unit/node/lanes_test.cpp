// Large messages, many small ones, and peers that lie about either: parts, lanes and routes over real sockets.
#include <doctest/doctest.h>

#include <numeric>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/node/remoting.hpp>
#include <troupe/wire/message_front.hpp>
#include <troupe/wire/routed_bodies.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/pair.hpp"

namespace node_lanes_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;
using wire::lane;

namespace {

struct echo {
  std::string text;
  using reply = std::string;
};
TROUPE_CONTRACT(echo, "lanes_test.echo", 1, text)
struct drop {
  std::string text;
};
TROUPE_CONTRACT(drop, "lanes_test.drop", 1, text)
struct put {
  int n;
};
TROUPE_CONTRACT(put, "lanes_test.put", 1, n)
struct all {
  using reply = std::vector<int>;
};
TROUPE_CONTRACT(all, "lanes_test.all", 1)
struct leave {};
TROUPE_CONTRACT(leave, "lanes_test.leave", 1)

class store : public actor<echo, drop, put, all, leave> {
 public:
  std::string on(const echo& m) { return m.text; }
  void on(const drop& m) { got_.push_back(static_cast<int>(m.text.size())); }
  void on(const put& m) { got_.push_back(m.n); }
  std::vector<int> on(const all&) { return got_; }
  void on(const leave&) { stop_self(); }

 private:
  std::vector<int> got_;
};

using store_ref = ref<store>;

store_ref far(troupe::system& sys, const std::string& name) {
  return node(sys, "n2").ref<store>("/user/" + name);
}

std::string text_of(std::size_t bytes) {
  std::string out(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<char>(i * 2654435761u >> 13);
  return out;
}

wire::hello guest() {
  return {.capabilities = wire::can_route | wire::can_join,
          .node = "guest",
          .incarnation = 5,
          .target = "n2",
          .heartbeat_interval = 1s,
          .epoch = 1};
}

template <class M>
std::string payload_of(const M& m) {
  std::string out;
  byte_writer to{out};
  message_type_of<M>.encode(&m, to);
  return out;
}

std::string routed(std::uint32_t number, const std::string& payload) {
  wire::message_front front;
  front.routed_tell(number, 0, payload.size());
  return std::string{front.bytes()} + payload;
}

}  // namespace

TEST_CASE("M1: messages of any size arrive whole, both ways") {
  pair_of_nodes n;
  spawn<store>(*n.there, "store");
  const auto there = far(*n.here, "store");
  for (const std::size_t bytes : {0u, 1u, 4000u, 4096u, 65'000u, 65'536u, 65'537u, 200'000u, 5'000'000u}) {
    CAPTURE(bytes);
    const std::string text = text_of(bytes);
    for (int again = 0; again < 3; ++again) CHECK(there.ask(echo{text}, 20s).get().value() == text);
  }
}

TEST_CASE("PI3: what a turn does not write the next one does, without a heartbeat that would wake it") {
  pair_of_nodes n{[](node_options& o) {
    o.heartbeat_interval = 1h;
    o.heartbeat_limit = 3h;
  }};
  spawn<store>(*n.there, "store");
  const auto there = far(*n.here, "store");
  const std::string text = text_of(20'000'000);
  for (int again = 0; again < 3; ++again) CHECK(there.ask(echo{text}, 20s).get().value() == text);
}

TEST_CASE("M3: what is sent to one actor arrives in the order sent, whatever its size and type") {
  pair_of_nodes n;
  spawn<store>(*n.there, "store");
  const auto there = far(*n.here, "store");
  std::vector<int> sent;
  for (int i = 0; i < 400; ++i) {
    const int size = i % 5 == 0 ? 1'000'000 + i : i % 3 == 0 ? 20'000 + i : 100 + i;
    if (i % 2)
      there.tell(drop{std::string(static_cast<std::size_t>(size), 'x')});
    else
      there.tell(put{size});
    sent.push_back(size);
    if (i % 50 == 49) CHECK(there.ask(all{}, 20s).get().value() == sent);
  }
}

TEST_CASE("M3: what is sent to others overtakes what the configuration calls bulk") {
  pair_of_nodes n{[](node_options& o) { o.bulk = {"/user/files/*", "/user/archive"}; }};
  spawn<store>(*n.there, "archive");
  spawn<store>(*n.there, "store");
  const auto archive = far(*n.here, "archive"), ordinary = far(*n.here, "store");
  std::vector<int> sent;
  for (int i = 0; i < 60; ++i) {
    archive.tell(drop{text_of(1'000'000)});
    sent.push_back(1'000'000);
  }
  // 60 MB wait: an answer that came behind them would find them all there.
  CHECK(ordinary.ask(echo{"quick"}, 20s).get().value() == "quick");
  const auto got = archive.ask(all{}, 20s).get().value();
  CAPTURE(got.size());
  CAPTURE(n.here->env().events().count(event_kind::dead_letter));
  CAPTURE(n.here->env().events().count(event_kind::messages_lost));
  CAPTURE(n.there->env().events().count(event_kind::connection_lost));
  CHECK(got == sent);
}

TEST_CASE("M9: terminated comes behind what its subject sent, in whichever lane") {
  struct watcher : actor<put, drop> {
    watcher(journal_ptr to, store_ref who) : to_(std::move(to)), who_(std::move(who)) {}
    void on_start() {
      watch(who_);
      to_->note("watches");
    }
    void on(const put&) { to_->note("put"); }
    void on(const drop&) { to_->note("drop"); }
    void on_terminated(const terminated& news) override { to_->note(std::string{to_string(news.kind())}); }
    journal_ptr to_;
    store_ref who_;
  };
  struct go {
    ref<put, drop> first, second;
  };
  struct sender : actor<go, echo, drop, put, all, leave> {
    void on(const go& m) {
      for (int i = 0; i < 20; ++i) {
        m.first.tell(drop{std::string(500'000, 'x')});
        m.second.tell(put{i});
      }
      stop_self();
    }
    std::string on(const echo& m) { return m.text; }
    void on(const drop&) {}
    void on(const put&) {}
    std::vector<int> on(const all&) { return {}; }
    void on(const leave&) {}
  };
  pair_of_nodes n{[](node_options& o) { o.bulk = {"/user/slow"}; }};
  const auto subject = spawn<sender>(*n.there, "subject");
  const auto slow = std::make_shared<journal>(), quick = std::make_shared<journal>();
  const auto seen = node(*n.here, "n2").ref<store>("/user/subject");
  spawn<watcher>(*n.here, "slow", slow, seen);
  spawn<watcher>(*n.here, "quick", quick, seen);
  // Both watches have arrived when what was sent behind them has been answered.
  REQUIRE(slow->wait_for("watches"));
  REQUIRE(quick->wait_for("watches"));
  REQUIRE(seen.ask(echo{"?"}, 20s).get().has_value());
  REQUIRE(wait_for_peer(*n.there, true));
  subject.tell(go{node(*n.there, "n1").ref<put, drop>("/user/slow"),
                  node(*n.there, "n1").ref<put, drop>("/user/quick")});
  REQUIRE(slow->wait_for("normal"));
  REQUIRE(quick->wait_for("normal"));
  CHECK(slow->all().size() == 22);
  CHECK(slow->all().back() == "normal");
  CHECK(quick->all().size() == 22);
  CHECK(quick->all().back() == "normal");
}

TEST_CASE(
    "R8: a message that the peer would not take is refused with both sizes, and the connection goes on") {
  pair_of_nodes n{[](node_options& o) {
    if (o.name == "n2") o.message_max = 100'000;
  }};
  spawn<store>(*n.there, "store");
  const auto there = far(*n.here, "store");
  const auto refused = there.ask(echo{text_of(100'000)}, 20s).get();
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::invalid);
  CHECK(refused.error().text.find("larger than the 99") != std::string::npos);
  CHECK(refused.error().text.find(
            "that node n2 takes; send it in parts, or raise node.message_max on both") != std::string::npos);
  const std::string fits = text_of(99'000);
  CHECK(there.ask(echo{fits}, 20s).get().value() == fits);
  CHECK(peers(*n.here).at(0).reachable);
}

TEST_CASE(
    "IN20, M5: a reply that the asker's node would not take is an error at once, and the connection goes "
    "on") {
  pair_of_nodes n{[](node_options& o) {
    if (o.name == "n1") o.message_max = 100'000;
  }};
  spawn<store>(*n.there, "store");
  const auto dead = std::make_shared<journal>();
  n.there->events().subscribe([dead](const event& e) {
    if (e.kind == event_kind::dead_letter) dead->note(e.path + " " + e.message + " " + e.reason);
  });
  const auto there = far(*n.here, "store");
  const auto refused = there.ask(echo{text_of(200'000)}, 10h).get();
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::invalid);
  CHECK(refused.error().text.starts_with("a reply of 2000"));
  CHECK(refused.error().text.find("is larger than the 99") != std::string::npos);
  CHECK(refused.error().text.ends_with(" that node n1 takes (node.message_max there); answer in parts"));
  REQUIRE(dead->wait_for_part("n1 string invalid: a reply of 2000"));
  CHECK(there.ask(echo{"x"}, 20s).get().value() == "x");
}

TEST_CASE(
    "IN12, L5: a route follows its path to whoever is there now, and an exact one stays with its actor") {
  pair_of_nodes n;
  const auto by_path = far(*n.here, "store");
  for (int life = 0; life < 3; ++life) {
    const auto one = spawn<store>(*n.there, "store");
    for (int i = 0; i < 5; ++i) by_path.tell(put{life * 10 + i});
    CHECK(by_path.ask(all{}, 20s).get().value().size() == 5);
    const auto ends = std::make_shared<journal>();
    life::note_end(life::cell_of(one), ends);
    by_path.tell(leave{});
    REQUIRE(ends->wait_for("gone /user/store normal"));
    const auto nobody = by_path.ask(all{}, 20s).get();
    REQUIRE(nobody.has_error());
    CHECK(nobody.error().code == errc::stopped);
  }
}

TEST_CASE(
    "W4: a peer's route is followed, can be given another meaning, and one that was not given out ends the "
    "connection") {
  const world w;
  troupe::system sys{quiet(), remoting{w.options("n2")}};
  const auto lost = std::make_shared<journal>();
  sys.events().subscribe([lost](const event& e) {
    if (e.kind == event_kind::connection_lost) lost->note(e.reason);
  });
  const auto a = spawn<store>(sys, "a"), b = spawn<store>(sys, "b");
  const auto hash = message_type_of<put>.hash;
  const auto route_to = [&](std::uint32_t number, const std::string& path) {
    return frame_of(wire::route{number, path, hash});
  };
  const auto ask_all = [&](const std::string& path, std::uint64_t request) {
    return frame_of(wire::ask{.request = request,
                              .time_left = 20s,
                              .path = path,
                              .type_hash = message_type_of<all>.hash,
                              .payload = payload_of(all{})});
  };
  {
    raw_peer p{w.two, frame_of(guest())};
    REQUIRE(p.next().first == frame_kind::welcome);
    std::string bytes = route_to(0, "/user/a") + routed(0, payload_of(put{1})) +
                        routed(0, payload_of(put{2})) + route_to(1, "/user/nobody") +
                        routed(1, payload_of(put{4})) + route_to(3, "/system") +
                        routed(3, payload_of(put{5}));
    for (std::uint32_t number = 2; number < wire::routes_max; number += 2)
      bytes += route_to(number, "/user/a");
    p.send(bytes + route_to(0, "/user/b") + routed(0, payload_of(put{3})) + ask_all("/user/a", 1) +
           ask_all("/user/b", 2));
    for (int asked = 0; asked < 2; ++asked) CHECK(p.next().first == frame_kind::reply);
    CHECK(a.ask(all{}, 20s).get().value() == std::vector<int>{1, 2});
    CHECK(b.ask(all{}, 20s).get().value() == std::vector<int>{3});
    p.send(routed(5, payload_of(put{6})));
    CHECK(p.next().first == frame_kind::goodbye);  // closed
    CHECK(lost->wait_for("a message by a route that was not defined"));
  }
  {
    raw_peer p{w.two, frame_of(guest())};
    REQUIRE(p.next().first == frame_kind::welcome);
    p.send(route_to(2, "/user/a"));
    CHECK(p.next().first == frame_kind::goodbye);
    CHECK(lost->wait_for("route 2 came out of turn"));
  }
  {
    raw_peer p{w.two, frame_of(guest())};  // another connection begins without routes
    REQUIRE(p.next().first == frame_kind::welcome);
    p.send(routed(0, payload_of(put{7})));
    CHECK(p.next().first == frame_kind::goodbye);
  }
  CHECK(a.ask(all{}, 20s).get().value() == std::vector<int>{1, 2});
}

TEST_CASE(
    "R8: parts that promise more than is allowed, or do not fit, end the connection, and nothing else") {
  world w;
  node_options o = w.options("n2");
  o.message_max = 1'000'000;
  troupe::system sys{quiet(), remoting{o}};
  const auto lost = std::make_shared<journal>();
  sys.events().subscribe([lost](const event& e) {
    if (e.kind == event_kind::connection_lost) lost->note(e.reason);
  });
  const auto a = spawn<store>(sys, "a");
  const std::pair<std::string, std::string> all_bad[] = {
      {wire::part_front(lane::bulk, std::uint64_t{4} << 30, 1, true) + "x",
       "a message of 4294967296 bytes is larger than the limit of 1000000 on this connection"},
      {wire::part_front(lane::bulk, 0, 1, false) + "x", "a part of nothing"},
      {wire::part_front(lane::ordinary, 3, 3, true) + "abc", "parts that make no whole frame"},
  };
  for (const auto& [bytes, why] : all_bad) {
    raw_peer p{w.two, frame_of(guest())};
    REQUIRE(p.next().first == frame_kind::welcome);
    p.send(bytes);
    CHECK(p.next().first == frame_kind::goodbye);
    CHECK(lost->wait_for(why));
  }
  CHECK(a.ask(echo{"x"}, 20s).get().value() == "x");
}

TEST_CASE("a peer that keeps no routes and joins no parts gets every message spelled out and whole") {
  const world w;
  raw_listener listens{w.two};
  troupe::system here{quiet(), remoting{w.options("n1")}};
  raw_peer p{listens.accept()};
  REQUIRE(p.next().first == frame_kind::hello);
  p.send(
      frame_of(wire::welcome{.capabilities = 0, .node = "n2", .incarnation = 9, .heartbeat_interval = 1s}));
  REQUIRE(wait_for_peer(here, true));
  const auto there = far(here, "store");
  for (int i = 0; i < 3; ++i) {
    there.tell(drop{text_of(50'000)});
    const auto [kind, body] = p.next();
    REQUIRE(kind == frame_kind::tell);
    CHECK(wire::tell::decode(body).value().path == "/user/store");
    CHECK(wire::tell::decode(body).value().payload == payload_of(drop{text_of(50'000)}));
  }
}

}  // namespace node_lanes_test
