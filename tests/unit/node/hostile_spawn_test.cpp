// Peers that have actors spawned as no node does: leases that are not theirs, bytes that are no arguments, floods, requests from nowhere (R8, NS3).
#include <doctest/doctest.h>

#include <troupe/node/far_spawn.hpp>
#include <troupe/node/spawnable.hpp>
#include <troupe/node/spawner.hpp>
#include <troupe/tree/inspect.hpp>
#include <troupe/wire/system_bodies.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_hostile_spawn_test {

using namespace troupe;
using namespace node_test;
using wire::frame_kind;

namespace {

struct look {
  using reply = int;
};
TROUPE_CONTRACT(look, "hostile_spawn.look", 1)

class tent : public actor<look> {
 public:
  explicit tent(std::string) {}
  int on(const look&) { return 2; }
};
TROUPE_SPAWNABLE(tent, "hostile.tent", 1, std::string)

/// Asks whom it was told to ask, and answers with the code of what came of it; 0: an answer.
class messenger : public actor<look> {
 public:
  explicit messenger(ref<look> to) : to_(std::move(to)) {}
  task<int> on(look) {
    const auto answer = co_await ask<look>(to_, 10s);
    co_return answer ? 0 : static_cast<int>(answer.error().code);
  }

 private:
  const ref<look> to_;
};
TROUPE_SPAWNABLE(messenger, "hostile.messenger", 1, ref<look>)

/// n1, which makes tents, and the test as n2, which both dials and is dialled.
struct camp {
  explicit camp(bool open = true)
      : here(node_test::quiet(), remoting{options(open)}), dialled(as_n2.accept()) {
    REQUIRE(dialled.next().first == frame_kind::hello);
    dialled.send(
        frame_of(wire::welcome{.node = "n2", .incarnation = 3, .heartbeat_interval = 1s, .epoch = 1}));
    wait_for_peer(here, true);
    dials.emplace(w.one,
                  frame_of(wire::hello{
                      .node = "n2", .incarnation = 3, .target = "n1", .heartbeat_interval = 1s, .epoch = 1}));
    REQUIRE(dials->next().first == frame_kind::welcome);
  }
  node_options options(bool open) const {
    node_options o = w.options("n1");
    if (!open) {
      o.public_paths.clear();
      o.rights.clear();
    }
    o.types.add<tent>().add<messenger>();
    o.spawnable = {"hostile.*"};
    o.spawned_max = 2;
    o.peers["n3"].port = free_port();  // which is not there
    return o;
  }
  /// A request whose lease is the token `lease`.
  static std::string request(const std::string& lease, const std::string& arguments, const std::string& name,
                             std::uint64_t owner, bool is_messenger = false) {
    // As the contract has it: the ref is its token.
    std::string body;
    byte_writer to{body};
    to.bytes(is_messenger ? "hostile.messenger" : "hostile.tent");
    to.varint(1);
    to.bytes(is_messenger ? "tuple<ref>" : "tuple<string>");
    to.bytes(arguments);
    to.bytes(name);
    to.bytes(lease);
    to.varint(owner);
    to.u8(1);
    to.svarint(1'000'000'000);
    std::string out;
    byte_writer all{out};
    all.varint(1);
    all.bytes(body);
    return out;
  }
  /// What n1 answers: `made`, or the error.
  std::string ask(const std::string& lease, const std::string& arguments, const std::string& name = {},
                  std::uint64_t owner = 0, bool is_messenger = false) {
    return ask_as(*dials, request(lease, arguments, name, owner, is_messenger));
  }
  std::string ask_as(raw_peer& peer, const std::string& payload) {
    std::string frame;
    REQUIRE(wire::ask{.request = ++asked,
                      .time_left = 10s,
                      .path = spawner_path,
                      .type_hash = stable_hash("troupe.spawn.request"),
                      .payload = payload}
                .encode(frame)
                .has_value());
    peer.send(frame);
    const auto [kind, body] = peer.next();
    if (kind == frame_kind::reply) return "made";
    if (kind != frame_kind::failure) return std::string{to_string(kind)};
    const auto why = wire::failure::decode(body).value().why;
    return std::string{to_string(why.code)} + ": " + why.text;
  }
  std::size_t living() { return inspect(here.env(), "/user/spawned/n2").children.size(); }
  /// The watch that n1 makes next on an actor of n2.
  std::string watched() {
    for (;;) {
      const auto [kind, body] = dialled.next();
      if (kind == frame_kind::goodbye) return {};
      if (kind != frame_kind::watch) continue;
      const auto one = wire::watch::decode(body).value();
      watch_id = one.id;
      return std::string{one.path};
    }
  }

  const world w;
  const raw_listener as_n2{w.two};
  troupe::system here;
  raw_peer dialled;  // what n1 has to say
  std::optional<raw_peer> dials;
  std::uint64_t asked = 0, watch_id = 0;
};

const std::string good = pack(std::tuple<std::string>{"green"});

}  // namespace

TEST_CASE("NS5: the lease of what is made is watched, and its end is the actor's") {
  camp c;
  CHECK(c.ask("n2@3:17/user/lease", good) == "made");
  CHECK(c.watched() == "17/user/lease");
  CHECK(c.living() == 1);
  const cell_ptr place = c.here.env().resolve("/user/spawned/n2");
  const cell_ptr made = place->children().at(0);
  const auto ended = std::make_shared<life::journal>();
  life::note_end(made, ended);
  c.dials->send(frame_of(wire::obituary{1, c.watch_id, {exit_kind::normal, {}}}));
  CHECK(ended->wait_for("gone " + made->path() + " shutdown"));  // it is bound
}

TEST_CASE(
    "NS3, R8: a lease is known with who asks: another peer that says the same number and run gets one of its "
    "own") {
  camp c;
  CHECK(c.ask("n2@3:17/user/lease", good, "a") == "made");
  raw_peer other{c.w.one,
                 frame_of(wire::hello{
                     .node = "n3", .incarnation = 4, .target = "n1", .heartbeat_interval = 1s, .epoch = 1})};
  REQUIRE(other.next().first == frame_kind::welcome);
  CHECK(c.ask_as(other, camp::request("n3@3:17/user/lease", good, "b", 0)) == "made");
  CHECK(inspect(c.here.env(), "/user/spawned/n3").children.size() == 1);
  CHECK(c.living() == 1);
  CHECK(c.ask("n2@3:17/user/lease", good, "a") == "made");  // the same one again
  CHECK(c.living() == 1);
}

TEST_CASE("NM7, R8: a ref among the arguments is believed as far as one in a message") {
  for (const bool open : {true, false}) {
    CAPTURE(open);
    camp c{open};
    spawn<tent>(c.here, "vault", std::string{"steel"});
    const std::string token = "n1:/user/vault";
    std::string arguments;
    byte_writer to{arguments};
    to.bytes(token);
    CHECK(c.ask("n2@3:17/user/lease", arguments, "m", 0, true) == "made");
    const auto code = ref_to<look>(c.here.env(), "/user/spawned/n2/m").ask(look{}, 20s).get().value();
    CHECK(code == (open ? 0 : static_cast<int>(errc::not_permitted)));
  }
}

TEST_CASE("NS3, R8: a lease that is no actor of who asks is refused, and nothing is made") {
  camp c;
  CHECK(c.ask("", good).starts_with("invalid: node n1 can't hear of the end of n2's lease"));
  CHECK(c.ask("n2:/user/lease", good).starts_with("invalid: node n1 can't hear of the end"));
  CHECK(c.ask("n4@5:17/user/lease", good).starts_with("invalid: node n1 can't hear of the end"));
  CHECK(c.ask("n3@5:17/user/lease", good) ==
        "invalid: the lease n3:/user/lease is no actor of n2, which asks (NS3)");
  CHECK(c.ask(":/user/spawned", good).starts_with("invalid: node n1 can't hear of the end"));
  CHECK(c.ask("!nobody", good).starts_with("invalid: node n1 can't hear of the end"));
  CHECK(c.ask("no token", good).starts_with("decode_error"));
  CHECK(c.living() == 0);
}

TEST_CASE("R8: bytes that are no arguments are refused, and the connection goes on") {
  camp c;
  CHECK(c.ask("n2@3:17/user/lease", "").starts_with("decode_error: tuple<string>: "));
  CHECK(c.ask("n2@3:17/user/lease", good + "more") ==
        "decode_error: tuple<string>: bytes are left behind the value");
  CHECK(c.living() == 0);
  CHECK(c.ask("n2@3:17/user/lease", good) == "made");
}

TEST_CASE("R8: a name that would write lines of its own into a log is none") {
  camp c;
  CHECK(c.ask("n2@3:17/user/lease", good, "x\ny") ==
        "invalid: 'x y' is no actor name: it has control characters");
  CHECK(c.ask("n2@3:17/user/lease", good, std::string(300, 'x')).starts_with("invalid: 'xxx"));
  CHECK(c.living() == 0);
}

TEST_CASE("NS3: a request that is sent twice is done once, and answered twice") {
  camp c;
  CHECK(c.ask("n2@3:17/user/lease", good) == "made");
  CHECK(c.ask("n2@3:17/user/lease", good) == "made");
  CHECK(c.living() == 1);
}

TEST_CASE("R8, NS4: more than there may be is refused, however the requests are named") {
  camp c;
  CHECK(c.ask("n2@3:17/user/lease", good) == "made");
  CHECK(c.ask("n2@3:18/user/lease", good) == "made");
  for (int i = 0; i < 20; ++i)
    CHECK(c.ask("n2@3:" + std::to_string(100 + i) + "/user/lease", good)
              .starts_with("overloaded: node n1 has 2 "));
  CHECK(c.living() == 2);
}

TEST_CASE("NS7: a child's next request, or that of a later run, takes the name over; nobody else's does") {
  camp c;
  const auto ended = std::make_shared<life::journal>();
  const auto there = [&] { return c.here.env().resolve("/user/spawned/n2/x"); };
  CHECK(c.ask("n2@3:17/user/lease", good, "x", 5) == "made");
  const cell_ptr first = there();
  life::note_end(first, ended);
  CHECK(c.ask("n2@3:18/user/lease", good, "x", 6) ==
        "already_exists: /user/spawned/n2 has a child named 'x' already");
  CHECK(c.ask("n2@3:19/user/lease", good, "x", 0) ==
        "already_exists: /user/spawned/n2 has a child named 'x' already");
  CHECK(there() == first);
  CHECK(c.ask("n2@3:20/user/lease", good, "x", 5) == "made");
  CHECK(ended->wait_for("gone /user/spawned/n2/x shutdown"));
  const cell_ptr second = there();
  CHECK(second != first);
}

TEST_CASE("SO1, R8: an errand that is answered with somebody else's actor hands nobody over, and says so") {
  camp c;
  const std::string not_its = "invalid: node n2 answered with the ref of no actor of its own";
  const std::string no_token = "decode_error: the reply does not decode: a ref that is no token";
  for (const auto& [token, why] :
       std::vector<std::pair<std::string, std::string>>{{"n3@5:17/user/spawned/n1/x", not_its},
                                                        {"n3@5:18/user/x", not_its},
                                                        {"n2@3:19/user/x", not_its},
                                                        {"", not_its},
                                                        {"n2@3:0/user/spawned/n1/x", no_token},
                                                        {"/user/spawned/n1/x", no_token},
                                                        {"n2@3:20/user/spawned/n1/x", ""}}) {
    CAPTURE(token);
    auto made = node(c.here, "n2").spawn<tent>(10s, "x", "green");
    std::uint64_t request = 0;
    while (request == 0) {
      const auto [kind, body] = c.dialled.next();
      REQUIRE(kind != frame_kind::goodbye);
      if (kind == frame_kind::ask) request = wire::ask::decode(body).value().request;
    }
    std::string fields, payload;
    byte_writer{fields}.bytes(token);
    byte_writer all{payload};
    all.varint(1);
    all.bytes(fields);
    c.dialled.send(frame_of(
        wire::reply{.request = request, .type_hash = stable_hash("troupe.spawn.done"), .payload = payload}));
    const auto got = made.get();
    CHECK((got ? std::string{} : to_string(got.error())) == why);
    if (got) CHECK(got->path() == "n2:/user/spawned/n1/x");
  }
}

TEST_CASE("NS3: nobody of the node itself is served") {
  camp c;
  const auto answer =
      ref_to<spawn_request>(c.here.env(), std::string{spawner_path}).ask(spawn_request{}, 5s).get();
  REQUIRE(!answer.has_value());
  CHECK(answer.error().text == "what lives on this node is spawned here without /user/spawned");
}

}  // namespace node_hostile_spawn_test
