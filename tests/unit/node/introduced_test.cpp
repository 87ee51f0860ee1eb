// Introductions on the wire, with the test as a peer: what a node says of others and when (IT1, PL23), what it does with what is said to it (IT2, IT3,
// KP6, K12).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/node/introductions.hpp>
#include <troupe/ref/codec.hpp>
#include <troupe/ref/find.hpp>
#include <troupe/wire/introduction.hpp>
#include <troupe/wire/system_bodies.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_introduced_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using life::patience;
using wire::frame_kind;

namespace {

struct hark {};
TROUPE_CONTRACT(hark, "introduced.hark", 1)
struct hear_of {
  troupe::ref<hark> whom;
};
TROUPE_CONTRACT(hear_of, "introduced.hear_of", 1, whom)
struct who_then {
  using reply = troupe::ref<hark>;
};
TROUPE_CONTRACT(who_then, "introduced.who_then", 1)
/// Takes its time to leave.
struct much {
  std::string what;
};
TROUPE_CONTRACT(much, "introduced.much", 1, what)
/// Tell the one who was named last.
struct go {};
TROUPE_CONTRACT(go, "introduced.go", 1)

/// Keeps the ref that it was told last.
class keeper : public actor<hear_of, who_then, go> {
 public:
  void on(const hear_of& m) { kept_ = m.whom; }
  ref<hark> on(const who_then&) { return kept_; }
  void on(const go&) { kept_.tell(hark{}); }

 private:
  ref<hark> kept_;
};

const std::string third_path = "n3:/user/third";

template <class M>
std::string payload_of(const M& m, const names* all = nullptr) {
  std::string out;
  byte_writer to{out, all};
  message_type_of<M>.encode(&m, to);
  return out;
}

/// n1, which knows n3 and nobody answers there, and n2, which the test is.
struct dialled {
  explicit dialled(std::uint64_t capabilities, const std::function<void(node_options&)>& change = {})
      : door(w.two), here(quiet(), remoting{options(change)}), as_it(door.accept()) {
    welcome(capabilities);
  }
  void welcome(std::uint64_t capabilities) {
    REQUIRE(as_it->next().first == frame_kind::hello);
    as_it->send(frame_of(wire::welcome{
        .capabilities = capabilities, .node = "n2", .incarnation = 7, .heartbeat_interval = 1s, .epoch = 1}));
    REQUIRE(wait_for_peer(here, true));
  }
  node_options options(const std::function<void(node_options&)>& change) {
    auto o = w.options("n1");
    o.peers["n3"] = port::endpoint{"127.0.0.1", third};
    if (change) change(o);
    return o;
  }
  void tell_of(const std::string& token, const std::string& to = "/user/keeper") {
    const ref<hark> whom{here.env().names().address_of(token)};
    node(here, "n2").ref<hear_of>(to).tell(hear_of{whom});
  }

  world w;
  std::uint16_t third = free_port();
  raw_listener door;
  troupe::system here;
  struct later {
    explicit later(int fd) : it(std::make_unique<raw_peer>(fd)) {}
    raw_peer* operator->() { return it.get(); }
    std::unique_ptr<raw_peer> it;
  } as_it;
};

/// n2 with a keeper, and the test as a guest who has dialled it.
struct dials {
  explicit dials(std::uint64_t capabilities, const std::function<void(node_options&)>& change = {})
      : there(quiet(), remoting{options(change)}),
        guest(w.two, frame_of(wire::hello{.capabilities = capabilities,
                                          .node = "guest",
                                          .incarnation = 5,
                                          .target = "n2",
                                          .heartbeat_interval = 1s,
                                          .epoch = 1})) {
    there.events().subscribe([to = lost](const event& e) {
      if (e.kind == event_kind::connection_lost) to->note(e.reason);
      if (e.kind == event_kind::dead_letter) to->note("dead letter " + e.path + " " + e.reason);
    });
    spawn<keeper>(there, "keeper");
    REQUIRE(guest.next().first == frame_kind::welcome);
  }
  node_options options(const std::function<void(node_options&)>& change) {
    auto o = w.options("n2");
    o.peers.clear();
    if (change) change(o);
    return o;
  }
  void says(const std::string& node, const std::string& address) {
    guest.send(frame_of(wire::introduction{node, address}));
  }
  void tells_of(const std::string& token) {
    const names& all = there.env().names();
    const std::string payload = payload_of(hear_of{ref<hark>{all.address_of(token)}}, &all);
    guest.send(frame_of(
        wire::tell{.path = "/user/keeper", .type_hash = message_type_of<hear_of>.hash, .payload = payload}));
  }
  void tells_go() {
    const std::string payload = payload_of(go{});
    guest.send(frame_of(
        wire::tell{.path = "/user/keeper", .type_hash = message_type_of<go>.hash, .payload = payload}));
  }
  /// Until all that was sent has been handled.
  std::string asks_who() {
    const std::string payload = payload_of(who_then{});
    guest.send(frame_of(wire::ask{.request = ++request,
                                  .time_left = 20s,
                                  .path = "/user/keeper",
                                  .type_hash = message_type_of<who_then>.hash,
                                  .payload = payload}));
    auto [kind, body] = guest.next();
    if (kind == frame_kind::introduction)
      std::tie(kind, body) = guest.next();  // of whom the guest spoke itself
    if (kind == frame_kind::failure) return to_string(wire::failure::decode(body).value().why);
    if (kind != frame_kind::reply) return std::string{to_string(kind)};
    const auto answer = wire::reply::decode(body).value();
    byte_reader in{answer.payload};
    return std::string{in.bytes()};
  }

  world w;
  journal_ptr lost = std::make_shared<journal>();
  troupe::system there;
  raw_peer guest;
  std::uint64_t request = 0;
};

}  // namespace

TEST_CASE(
    "IT1, PL23: the first message that names a third node comes behind its introduction, the next ones "
    "alone") {
  dialled d{wire::can_introduce};
  d.tell_of(third_path);
  auto [kind, body] = d.as_it->next();
  REQUIRE(kind == frame_kind::introduction);
  CHECK(wire::introduction::decode(body).value() ==
        wire::introduction{"n3", "127.0.0.1:" + std::to_string(d.third)});
  CHECK(d.as_it->next().first == frame_kind::tell);
  for (int i = 0; i < 3; ++i) {
    d.tell_of(third_path);
    CHECK(d.as_it->next().first != frame_kind::introduction);
  }
  // Another connection knows nothing.
  d.as_it.it.reset();
  d.as_it.it = std::make_unique<raw_peer>(d.door.accept());
  d.welcome(wire::can_introduce);
  d.tell_of(third_path);
  CHECK(d.as_it->next().first == frame_kind::introduction);
}

TEST_CASE("PL23: an introduction is there before the messages of both lanes that need it") {
  dialled d{wire::can_introduce, [](node_options& o) { o.bulk = {"/user/bulk"}; }};
  // More than the sockets hold waits in the one lane.
  for (int i = 0; i < 300; ++i)
    node(d.here, "n2").ref<much>("/user/keeper").tell(much{std::string(60'000, 'm')});
  d.tell_of(third_path);
  d.tell_of(third_path, "/user/bulk");
  bool introduced = false, came = false;
  while (!came) {
    const auto [kind, body] = d.as_it->next();
    REQUIRE(kind != frame_kind::goodbye);
    introduced |= kind == frame_kind::introduction;
    came = kind == frame_kind::tell && wire::tell::decode(body).value().path == "/user/bulk";
  }
  CHECK(introduced);
}

TEST_CASE("IT1: neither the peer, nor this node, nor one that is not known here is introduced") {
  dialled d{wire::can_introduce};
  for (const std::string token : {"n2:/user/x", "n1:/user/x", "n9:/user/x"}) {
    d.tell_of(token);
    CHECK(d.as_it->next().first == frame_kind::tell);
  }
}

TEST_CASE("W10: a peer of an older release is told of nobody, nor is any by a node that was told not to") {
  for (const bool older : {true, false}) {
    CAPTURE(older);
    dialled d{older ? 0 : wire::can_introduce, [older](node_options& o) {
                if (!older) o.introduced_max = 0;
              }};
    d.tell_of(third_path);
    CHECK(d.as_it->next().first == frame_kind::tell);
  }
}

TEST_CASE("IT1: an address of this machine is not said to a peer that is elsewhere") {
  struct {
    std::optional<std::string> address_for(std::string_view, detail::nearness whom) const {
      return detail::means_something({"127.0.0.1", 7}, whom) ? std::optional<std::string>{"127.0.0.1:7"}
                                                             : std::nullopt;
    }
  } const host;
  CHECK(detail::introductions_for({"n2", "n3"}, "n2", detail::nearness::elsewhere, host).empty());
  CHECK(detail::introductions_for({"n2", "n3"}, "n2", detail::nearness::this_machine, host) ==
        std::vector<wire::introduction>{{"n3", "127.0.0.1:7"}});
}

TEST_CASE(
    "IT2, K12, IT4: whom a peer introduces is dialled when the ref is used, not before, and by its name") {
  dials d{wire::can_introduce};
  const std::uint16_t port = free_port();
  const raw_listener third{port};
  d.says("n9", "127.0.0.1:" + std::to_string(port));
  d.tells_of("n9:/user/x");
  REQUIRE(d.asks_who() == "n9:/user/x");
  CHECK(peers(d.there).empty());
  d.tells_go();
  raw_peer as_n9{third.accept()};
  const auto [kind, body] = as_n9.next();
  REQUIRE(kind == frame_kind::hello);
  CHECK(wire::hello::decode(body).value().target == "n9");
  as_n9.send(frame_of(wire::welcome{
      .capabilities = 0, .node = "n9", .incarnation = 7, .heartbeat_interval = 1s, .epoch = 1}));
  const auto [told, what] = as_n9.next();
  REQUIRE(told == frame_kind::tell);
  CHECK(wire::tell::decode(what).value().path == "/user/x");
}

TEST_CASE(
    "IT3, R8: what is not believed, or said by who may not, leads nowhere and says why; no introduction ends "
    "the connection") {
  dials d{wire::can_introduce};
  d.says("n9", "10.0.0.1:7");  // over a network, without certificates
  d.tells_of("n9:/user/x");
  d.tells_go();
  REQUIRE(d.lost->wait_for_part("dead letter n9:/user/x"));
  d.says("n2", "127.0.0.1:7");  // itself
  d.says("guest", "127.0.0.1:7");
  CHECK(d.there.env().names().why_unknown("n9").find("node.tls") != std::string::npos);
  CHECK(peers(d.there).empty());
  CHECK(d.asks_who() == "n9:/user/x");
}

TEST_CASE(
    "R8: an introduction that does not decode ends the connection; one that was not agreed on means "
    "nothing") {
  {
    dials d{0};
    d.says("n9", "127.0.0.1:7");
    d.tells_of("n9:/user/x");
    d.tells_go();
    REQUIRE(d.lost->wait_for_part("dead letter n9:/user/x"));
    CHECK(d.there.env().names().why_unknown("n9").find("the word of") == std::string::npos);
  }
  dials d{wire::can_introduce};
  std::string frame = frame_of(wire::introduction{"n9", "h:7"});
  frame.back() = '\n';
  d.guest.send(frame);
  CHECK(d.lost->wait_for_part("introduction does not decode"));
}

}  // namespace node_introduced_test
