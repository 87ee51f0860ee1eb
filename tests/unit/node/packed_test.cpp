// Messages between nodes that are packed on their way (W7, W8, EN2), with nodes and with peers that speak bytes.
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/wire/packed.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_packed_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;

namespace {

struct text {
  std::string what;
  using reply = std::string;
};
TROUPE_CONTRACT(text, "packed_test.text", 1, what)

class parrot : public actor<text> {
 public:
  std::string on(const text& m) { return m.what + m.what; }
};

std::string row(std::size_t bytes) { return std::string(bytes, 'a'); }

std::string payload_of(const std::string& what) {
  const text message{what};
  std::string out;
  byte_writer to{out};
  message_type_of<text>.encode(&message, to);
  return out;
}

/// n1, which packs what has 1,000 bytes, and the test as n2, which it has dialled.
struct dialled {
  explicit dialled(std::uint64_t capabilities)
      : here(node_test::quiet(), remoting{options()}), as_it(as_n2.accept()) {
    REQUIRE(as_it.next().first == frame_kind::hello);
    as_it.send(frame_of(wire::welcome{
        .capabilities = capabilities, .node = "n2", .incarnation = 3, .heartbeat_interval = 1s, .epoch = 1}));
    REQUIRE(wait_for_peer(here, true));
  }
  node_options options() {
    auto o = w.options("n1");
    o.compress_above = 1000;
    return o;
  }
  void tell(std::string what) { node(here, "n2").ref<text>("/user/parrot").tell(text{std::move(what)}); }

  world w;
  raw_listener as_n2{w.two};
  troupe::system here;
  raw_peer as_it;
};

/// n2 with a parrot, and the test as a guest who has dialled it.
struct dials {
  explicit dials(std::uint64_t capabilities)
      : there(node_test::quiet(), remoting{options()}),
        guest(w.two, frame_of(wire::hello{.capabilities = capabilities,
                                          .node = "guest",
                                          .incarnation = 5,
                                          .target = "n2",
                                          .heartbeat_interval = 1s,
                                          .epoch = 1})) {
    spawn<parrot>(there, "parrot");
    there.events().subscribe([to = lost](const event& e) {
      if (e.kind == event_kind::connection_lost) to->note(e.reason);
    });
    REQUIRE(guest.next().first == frame_kind::welcome);
  }
  node_options options() {
    auto o = w.options("n2");
    o.peers.clear();
    o.compress_above = 1000;
    o.message_max = 1u << 20;
    return o;
  }
  /// An ask whose payload is `block`, which is said to unpack to `size`.
  void ask(std::uint64_t request, std::string_view block, std::uint64_t size) {
    guest.send(frame_of(wire::packed{size}) + frame_of(wire::ask{.request = request,
                                                                 .time_left = 20s,
                                                                 .path = "/user/parrot",
                                                                 .type_hash = message_type_of<text>.hash,
                                                                 .payload = block}));
  }

  world w;
  journal_ptr lost = std::make_shared<journal>();
  troupe::system there;
  raw_peer guest;
};

}  // namespace

TEST_CASE("W7: nodes that compress understand each other, whatever the size and content") {
  const world w;
  auto one = w.options("n1"), two = w.options("n2");
  one.compress_above = two.compress_above = 1;
  troupe::system there{node_test::quiet(), remoting{two}};
  troupe::system here{node_test::quiet(), remoting{one}};
  spawn<parrot>(there, "parrot");
  REQUIRE(wait_for_peer(here, true));
  const auto far = node(here, "n2").ref<text>("/user/parrot");
  std::string uneven;
  for (std::uint32_t n = 1; uneven.size() < 300'000; n = n * 1'664'525 + 1'013'904'223)
    uneven += static_cast<char>(n >> 24);
  for (const std::string& what :
       {std::string{}, std::string{"x"}, row(100), row(70'000), row(9u << 20), uneven})
    CHECK(far.ask(text{what}, 20s).get().value() == what + what);
}

TEST_CASE("W7: what is large enough leaves packed, to who can unpack it and where it is worth it") {
  dialled d{wire::can_pack};
  d.tell(row(5000));
  auto [kind, body] = d.as_it.next();
  REQUIRE(kind == frame_kind::packed);
  const auto size = wire::packed::decode(body).value().size;
  std::tie(kind, body) = d.as_it.next();
  REQUIRE(kind == frame_kind::tell);
  const auto told = wire::tell::decode(body).value();
  CHECK(told.payload.size() < 100);
  std::string plain;
  REQUIRE(wire::unpack(told.payload, size, plain).has_value());
  CHECK(plain == payload_of(row(5000)));
  d.tell(row(500));  // too small
  std::tie(kind, body) = d.as_it.next();
  REQUIRE(kind == frame_kind::tell);
  CHECK(wire::tell::decode(body).value().payload == payload_of(row(500)));
}

TEST_CASE("W7: an older peer gets what it understands") {
  dialled d{0};
  d.tell(row(5000));
  const auto [kind, body] = d.as_it.next();
  REQUIRE(kind == frame_kind::tell);
  CHECK(wire::tell::decode(body).value().payload == payload_of(row(5000)));
}

TEST_CASE("W7: answers are packed for who asked and can unpack them") {
  for (const bool can : {true, false}) {
    CAPTURE(can);
    dials d{can ? wire::can_pack : 0};
    d.guest.send(frame_of(wire::ask{.request = 1,
                                    .time_left = 20s,
                                    .path = "/user/parrot",
                                    .type_hash = message_type_of<text>.hash,
                                    .payload = payload_of(row(5000))}));
    auto [kind, body] = d.guest.next();
    std::uint64_t size = 0;
    if (can) {
      REQUIRE(kind == frame_kind::packed);
      size = wire::packed::decode(body).value().size;
      std::tie(kind, body) = d.guest.next();
    }
    REQUIRE(kind == frame_kind::reply);
    const auto answer = wire::reply::decode(body).value();
    CHECK((answer.payload.size() < 100) == can);
    std::string plain{answer.payload};
    if (can) REQUIRE(wire::unpack(answer.payload, size, plain).has_value());
    CHECK(plain.size() > 10'000);
  }
}

TEST_CASE("W8, R8: a block that is none costs its message, a size over the limit the connection") {
  dials d{wire::can_pack};
  std::string block;
  const std::string plain = payload_of(row(200));
  REQUIRE(wire::pack(plain, block));
  d.ask(1, block, plain.size());
  CHECK(d.guest.next().first == frame_kind::reply);
  const auto refused = [&](std::uint64_t request) {
    const auto [kind, body] = d.guest.next();
    REQUIRE(kind == frame_kind::failure);
    const auto f = wire::failure::decode(body).value();
    CHECK(f.request == request);
    CHECK(f.why.code == errc::decode_error);
    CHECK(f.why.text.starts_with("packed_test.text does not decode: a packed payload "));
  };
  d.ask(2, block, plain.size() + 1);
  refused(2);
  d.ask(3, "garbage", 100);
  refused(3);
  d.ask(4, "garbage", 1'000'000);
  refused(4);
  d.ask(5, block, plain.size());  // it goes on
  CHECK(d.guest.next().first == frame_kind::reply);
  d.ask(6, block, (1u << 20) + 1);
  CHECK(d.lost->wait_for("a packed message of 1048577 bytes is larger than the limit of 1048576"));
}

TEST_CASE(
    "W8, R8: an answer that does not unpack fails its ask alone, one over the limit ends the connection") {
  dialled d{wire::can_pack};
  const auto far = node(d.here, "n2").ref<text>("/user/parrot");
  const auto answer = [&](std::uint64_t size) {
    const auto [kind, body] = d.as_it.next();
    REQUIRE(kind == frame_kind::ask);
    d.as_it.send(frame_of(wire::packed{size}) +
                 frame_of(wire::reply{.request = wire::ask::decode(body).value().request,
                                      .type_hash = message_type_of<std::string>.hash,
                                      .payload = "garbage"}));
  };
  auto first = far.ask(text{"a"}, 20s);
  answer(500);
  CHECK(first.get().error().code == errc::decode_error);
  auto second = far.ask(text{"a"}, 20s);
  answer((64u << 20) + 1);
  CHECK(second.get().error().code == errc::unreachable);
}

}  // namespace node_packed_test
