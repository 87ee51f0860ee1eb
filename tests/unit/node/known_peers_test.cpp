// The peers that a node knows, as a table (KP1-KP6): with links that never dial, and connections that are but addresses.
#include <doctest/doctest.h>

#include <array>
#include <troupe/node/known_peers.hpp>

#include "unit/node/world.hpp"

namespace node_known_peers_test {

using namespace troupe;
using namespace node_test;
using detail::inbound;
using detail::known_peers;
using detail::peer_link_ptr;

namespace {

struct host final : detail::link_host {
  explicit host(environment& e) : env(e) {}
  port::transport& transport() noexcept override { return env.platform().transport(); }
  time_point dial_turn(time_point now) noexcept override { return now; }
  time_point meet_turn(time_point now) noexcept override { return now; }
  std::optional<std::string> address_for(std::string_view, detail::nearness) const override { return {}; }
  void introduced(const detail::introductions::connection&, const std::string&, detail::nearness,
                  const wire::introduction&) override {}
  void introducer_gone(const detail::introductions::connection&) override {}
  void met(const std::string&) override {}
  std::string objection_to(const port::peer_proof&, std::string_view) const override { return {}; }
  std::string objection_to_age(const port::peer_proof&) const override { return {}; }
  void declared_down(const std::string&, const link_effect::declare_down&,
                     std::function<void()> then) override {
    then();
  }

  environment& env;
};

/// A table of at most `max` peers that are known by their hello.
struct table {
  explicit table(std::size_t max, std::size_t introduced_max = 2)
      : known(max, introduced_max,
              [this](const std::string& peer, const port::endpoint& at, detail::known_by how,
                     std::uint64_t epoch) {
                return peer_link_ptr{new detail::peer_link{sys.env(), options, self, seals, dials, peer,
                                                           nullptr, at, "", how, epoch}};
              }) {}
  /// The connection of that number, of which only the address counts.
  const inbound& connection(std::size_t n) const { return reinterpret_cast<const inbound&>(places.at(n)); }
  known_peers::greeted greet(std::size_t n, const std::string& peer) {
    return known.greet(connection(n), peer, port::endpoint{"127.0.0.1", 1});
  }
  std::size_t listed() const { return known.all_present().size(); }

  troupe::system sys{quiet()};
  node_options options{.name = "n1"};
  node_identity self{.name = "n1", .incarnation = 1};
  detail::wait_seals seals{self, hash_key{1, 2}};
  host dials{sys.env()};
  std::array<std::max_align_t, 8> places{};
  known_peers known;
};

}  // namespace

TEST_CASE(
    "KP3, KP4: a peer goes when it is down and has no connection, whichever comes first, and comes back as "
    "it was") {
  table t{2};
  const auto first = t.greet(1, "a");
  REQUIRE(first.link);
  CHECK(first.is_new);
  CHECK(first.by_hello);
  t.known.is_over(t.connection(1), "a");
  CHECK(t.listed() == 1);  // it is expected back
  t.greet(2, "a");
  first.link->give_up("enough");
  t.known.is_down("a");
  CHECK(t.listed() == 1);  // a connection has come meanwhile
  t.known.is_over(t.connection(3), "a");
  CHECK(t.listed() == 1);
  t.known.is_over(t.connection(2), "a");
  CHECK(t.listed() == 0);
  CHECK(t.known.present("a") == nullptr);
  CHECK(t.known.link_to("a") == first.link);
  const auto again = t.greet(4, "a");
  CHECK(again.link == first.link);
  CHECK_FALSE(again.is_new);
  CHECK(t.listed() == 1);
}

TEST_CASE(
    "KP2: there are so many places; a peer that goes leaves its own, and one of node.peers needs none") {
  table t{2};
  t.known.add("listed", port::endpoint{"127.0.0.1", 2});
  const auto a = t.greet(1, "a");
  t.greet(2, "b");
  CHECK(t.greet(3, "c").link == nullptr);
  CHECK(t.greet(3, "listed").link != nullptr);
  CHECK_FALSE(t.greet(3, "listed").by_hello);
  a.link->give_up("enough");
  t.known.is_over(t.connection(1), "a");
  CHECK(t.greet(3, "c").link != nullptr);
  CHECK(t.greet(1, "a").link == nullptr);  // its place has been taken
  CHECK(t.known.greet(t.connection(5), "nowhere", std::nullopt).link == nullptr);
}

TEST_CASE("KP1, N7: one of node.peers stays though it is down, until it is forgotten") {
  table t{1};
  t.known.add("listed", port::endpoint{"127.0.0.1", 2});
  const auto link = t.known.link_to("listed");
  link->give_up("enough");
  t.known.is_down("listed");
  CHECK(t.listed() == 1);
  t.known.forget("listed");
  CHECK(t.listed() == 0);
  CHECK(t.greet(1, "listed").by_hello);
  CHECK(t.greet(2, "other").link == nullptr);  // now it has a place
}

TEST_CASE(
    "KP3, KP5: links that nothing refers to go, those that are referred to stay; who comes anew begins "
    "behind their epochs") {
  table t{1};
  std::vector<peer_link_ptr> kept;
  std::uint64_t epochs = 0;
  for (int i = 1; i <= 200; ++i) {
    const std::string name = "p" + std::to_string(i);
    CAPTURE(name);
    auto one = t.greet(1, name);
    REQUIRE(one.link);
    CHECK(one.is_new);
    epochs = std::max(epochs, one.link->epoch());
    if (i % 20 == 0) kept.push_back(one.link);
    one.link->give_up("enough");
    one.link = nullptr;
    t.known.is_over(t.connection(1), name);
  }
  CHECK(t.known.all().size() < 10 + 2 * 16 + 10);
  CHECK(epochs > 2);
  for (const auto& link : kept) CHECK(t.known.link_to(link->peer()) == link);
  CHECK(t.greet(1, "p1").link->epoch() > 2);
}

namespace {

/// What a node called `by` says of another one.
std::vector<detail::told_address> at_port(std::uint16_t port, const std::string& by = "x") {
  return {{port::endpoint{"127.0.0.1", port}, by}};
}

}  // namespace

TEST_CASE(
    "KP6: a node that was introduced is listed from the moment it is reached until it is down, and by its "
    "hello it is as any other") {
  table t{1};
  const auto link = t.known.introduce("a", at_port(7));
  REQUIRE(link);
  CHECK(t.listed() == 0);
  CHECK(t.known.link_to("a") == link);
  CHECK(link->status().at.port == 7);
  t.known.met("a");
  CHECK(t.listed() == 1);
  link->give_up("enough");
  t.known.is_down("a");
  CHECK(t.listed() == 0);
  t.known.met("a");  // which is down again by now
  CHECK(t.listed() == 0);
  const auto hello = t.greet(1, "a");
  CHECK(hello.link == link);
  CHECK_FALSE(hello.is_new);
  CHECK(t.listed() == 1);
  // When it has gone and is reached again before it says hello, it is listed as well.
  link->give_up("enough");
  t.known.is_over(t.connection(1), "a");
  CHECK(t.listed() == 0);
  t.known.met("a");
  CHECK(t.listed() == 0);  // it is down: so it was too early
  CHECK(t.greet(1, "a").link == link);
  CHECK(t.greet(2, "b").link == nullptr);  // it has the one place there is for hellos
  CHECK(t.known.introduce("b", at_port(8)) != nullptr);
  CHECK(t.known.introduce("c", at_port(9)) != nullptr);  // and has left that for introductions
}

TEST_CASE(
    "KP6: what others say does not count of a node that is known by node.peers or its hello, until it has "
    "gone") {
  table t{2};
  t.known.add("listed", port::endpoint{"127.0.0.1", 2});
  const auto a = t.greet(1, "a");
  for (const std::string name : {"listed", "a"}) {
    const std::uint16_t before = t.known.link_to(name)->status().at.port;
    CHECK(t.known.introduce(name, at_port(666)) == t.known.link_to(name));
    CHECK(t.known.link_to(name)->status().at.port == before);
  }
  a.link->give_up("enough");
  t.known.is_over(t.connection(1), "a");
  CHECK(t.listed() == 1);
  t.known.introduce("a", at_port(7));
  CHECK(a.link->status().at.port == 1);  // it has not been tried there
  CHECK(t.known.greet(t.connection(1), "a", port::endpoint{"127.0.0.1", 1}).link == a.link);
}

TEST_CASE(
    "KP6, R8: there are so many of them; one that nothing refers to makes room, and one that is used does "
    "not") {
  table t{1, 2};
  auto a = t.known.introduce("a", at_port(1));
  auto b = t.known.introduce("b", at_port(2));
  CHECK(t.known.introduce("c", at_port(3)) == nullptr);
  CHECK(t.known.introduce("a", at_port(1)) == a);
  b = nullptr;
  const auto c = t.known.introduce("c", at_port(3));
  CHECK(c != nullptr);
  CHECK(t.known.link_to("b") == nullptr);
  CHECK(t.known.link_to("a") == a);
  CHECK(t.known.introduce("d", at_port(4)) == nullptr);
}

}  // namespace node_known_peers_test
