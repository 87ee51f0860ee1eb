// Peers that are not who they were, and messages that nest without end, over sockets (R2, R8, K8).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_hostile_peer_test {

/// Has others in it.
struct doll {
  std::vector<doll> in = {};
};
TROUPE_CONTRACT(doll, "hostile_peer.doll", 1, in)

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;

namespace {

/// How deep it was.
struct look_into {
  doll what = {};
  using reply = std::int32_t;
};
TROUPE_CONTRACT(look_into, "hostile_peer.look_into", 1, what)

class child : public actor<look_into> {
 public:
  std::int32_t on(const look_into& m) {
    std::int32_t depth = 1;
    for (const doll* at = &m.what; !at->in.empty(); at = &at->in.front()) ++depth;
    return depth;
  }
};

/// The payload of a message with so many dolls in each other, written without making them.
std::string nested(std::size_t dolls) {
  std::string out;
  for (std::size_t i = 0; i < dolls; ++i) {
    std::string outer;
    byte_writer to{outer};
    to.varint(1);  // fields
    std::string list;
    byte_writer in{list};
    in.varint(i == 0 ? 0 : 1);  // dolls in it
    list += out;
    to.bytes(list);
    out = std::move(outer);
  }
  std::string message;
  byte_writer to{message};
  to.varint(1);
  to.bytes(out);
  return message;
}

doll real_doll(std::size_t depth) {
  doll d;
  for (std::size_t i = 1; i < depth; ++i) {
    doll outer;
    outer.in.push_back(std::move(d));
    d = std::move(outer);
  }
  return d;
}

std::string ask_of(std::uint64_t request, const std::string& payload) {
  std::string frame;
  REQUIRE(wire::ask{.request = request,
                    .time_left = 20s,
                    .path = "/user/child",
                    .type_hash = message_type_of<look_into>.hash,
                    .payload = payload}
              .encode(frame));
  return frame;
}

wire::hello hello_of_n1(std::uint64_t incarnation) {
  return {.node = "n1", .incarnation = incarnation, .target = "n2", .heartbeat_interval = 1s, .epoch = 1};
}

}  // namespace

TEST_CASE(
    "R8: a message that nests without end is refused as such, over a socket, and the connection goes on") {
  const world w;
  troupe::system there{node_test::quiet(), remoting{w.options("n2")}};
  spawn<child>(there, "child");
  REQUIRE(nested(4) == pack(look_into{real_doll(4)}));
  raw_peer p{w.two, frame_of(wire::hello{
                        .node = "guest", .incarnation = 5, .target = "n2", .heartbeat_interval = 1s})};
  REQUIRE(p.next().first == frame_kind::welcome);
  std::uint64_t request = 0;
  for (const std::size_t depth : {limits::decode_depth_max, std::size_t{1000}, std::size_t{20'000}}) {
    CAPTURE(depth);
    p.send(ask_of(++request, nested(depth)));
    const auto [kind, body] = p.next();
    REQUIRE(kind == frame_kind::failure);
    const auto f = wire::failure::decode(body).value();
    CHECK(f.request == request);
    CHECK(f.why.code == errc::decode_error);
    CHECK(f.why.text.find("nested too deeply") != std::string::npos);
  }
  p.send(ask_of(77, nested(3)));
  const auto [kind, body] = p.next();
  REQUIRE(kind == frame_kind::reply);
  CHECK(unpack<std::int32_t>(wire::reply::decode(body).value().payload).value() == 3);
}

TEST_CASE(
    "R2, K8: a run of a peer that another has followed is turned away over a socket, and the new one is "
    "not") {
  const world w;
  const raw_listener as_n1{w.one};
  troupe::system there{node_test::quiet(), remoting{w.options("n2")}};
  const auto news = std::make_shared<journal>();
  there.events().subscribe([news](const event& e) {
    if (e.kind == event_kind::peer_up) news->note("up " + std::to_string(e.number));
    if (e.kind == event_kind::peer_refused) news->note(e.reason);
  });
  const auto answer = [&](std::uint64_t incarnation) {
    auto one = std::make_unique<raw_peer>(as_n1.accept());
    REQUIRE(one->next().first == frame_kind::hello);
    one->send(frame_of(
        wire::welcome{.node = "n1", .incarnation = incarnation, .heartbeat_interval = 1s, .epoch = 1}));
    return one;
  };
  auto first = answer(3);
  REQUIRE(news->wait_for("up 3"));
  first.reset();  // it is killed, and started again
  const auto second = answer(4);
  REQUIRE(news->wait_for("up 4"));
  raw_peer old{w.two, frame_of(hello_of_n1(3))};
  const auto [kind, body] = old.next();
  REQUIRE(kind == frame_kind::reject);
  const auto why = wire::reject::decode(body).value();
  CHECK(why.code == errc::closed);
  CHECK(why.text.starts_with("this incarnation of n1 was replaced"));
  CHECK(news->wait_for_part("this incarnation of n1 was replaced"));
  CHECK(old.next().first == frame_kind::goodbye);  // closed
  raw_peer anew{w.two, frame_of(hello_of_n1(4))};
  CHECK(anew.next().first == frame_kind::welcome);
}

}  // namespace node_hostile_peer_test
