#include <doctest/doctest.h>

#include <string>
#include <troupe/base/bytes.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/wire/bodies.hpp>
#include <troupe/wire/probe.hpp>
#include <troupe/wire/system_bodies.hpp>
#include <vector>

namespace wire_bodies_test {

using namespace troupe;
using namespace troupe::literals;

namespace {

std::string hex(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

template <class T>
std::string encoded(const T& value) {
  std::string out;
  value.encode(out);
  return out;
}

template <class T>
std::string body_of(const T& value) {
  return encoded(value).substr(wire::header_bytes);
}

template <class T>
void check_round_trip(const T& value) {
  const std::string body = body_of(value);
  const auto back = T::decode(body);
  REQUIRE(back.has_value());
  CHECK(*back == value);
}

template <class T>
std::string why_not(std::string_view body) {
  const auto r = T::decode(body);
  if (r.has_value()) return "decodes";
  CHECK(r.error().code == errc::decode_error);
  return r.error().text;
}

wire::hello some_hello() {
  return {.capabilities = 3,
          .node = "n1",
          .incarnation = 258,
          .target = "n2",
          .heartbeat_interval = 500ms,
          .epoch = 300,
          .address = "h:1",
          .message_max = 128};
}

wire::welcome some_welcome() {
  return {.capabilities = 1,
          .node = "n2",
          .incarnation = 0xfedcba9876543210u,
          .heartbeat_interval = 1us,
          .epoch = 2,
          .system_frames = 3,
          .messages = 300,
          .message_max = 128};
}

wire::ask some_ask() {
  return {.request = 300, .time_left = 1s, .path = "/user/a", .type_hash = 7, .cause = 9, .payload = "xyz"};
}

wire::failure some_failure() {
  return {5, {errc::handler_failed, "no such account", "std::out_of_range", "/user/bank"}};
}

wire::probe some_probe() {
  return {.request = 300,
          .passed = 2,
          .hops = 3,
          .waits = {{.node = "n1", .run = 258, .actor = 17, .number = 1, .seal = 7, .path = "/a"},
                    {.node = "n2", .run = 1, .actor = 300, .number = 2, .unbegun = true, .message = "m"}}};
}

wire::obituary some_obituary() {
  return {300,
          17,
          {exit_kind::failed, {errc::handler_failed, "no such account", "std::out_of_range", "/user/bank"}}};
}

// Each kind once, with every field set.
std::vector<std::string> one_body_of_each() {
  return {body_of(some_hello()),
          body_of(some_welcome()),
          body_of(wire::reject{.code = errc::invalid, .text = "no"}),
          body_of(wire::ping{300}),
          body_of(wire::pong{300}),
          body_of(wire::tell{"/user/a", 7, 9, "xyz"}),
          body_of(some_ask()),
          body_of(wire::reply{300, 7, "xyz"}),
          body_of(some_failure()),
          body_of(wire::goodbye{"see you"}),
          body_of(wire::trace{1, 2, 3, 1}),
          body_of(wire::cancel{300}),
          body_of(some_probe()),
          body_of(wire::watch{300, 17, "7/user/a"}),
          body_of(wire::unwatch{300, 17}),
          body_of(some_obituary()),
          body_of(wire::received{300})};
}

// Hands `body` to the decoder of the kind at `place` in `one_body_of_each`. True when it decodes.
bool decodes(std::size_t place, std::string_view body) {
  switch (place) {
    case 0:
      return wire::hello::decode(body).has_value();
    case 1:
      return wire::welcome::decode(body).has_value();
    case 2:
      return wire::reject::decode(body).has_value();
    case 3:
      return wire::ping::decode(body).has_value();
    case 4:
      return wire::pong::decode(body).has_value();
    case 5:
      return wire::tell::decode(body).has_value();
    case 6:
      return wire::ask::decode(body).has_value();
    case 7:
      return wire::reply::decode(body).has_value();
    case 8:
      return wire::failure::decode(body).has_value();
    case 9:
      return wire::goodbye::decode(body).has_value();
    case 10:
      return wire::trace::decode(body).has_value();
    case 11:
      return wire::cancel::decode(body).has_value();
    case 13:
      return wire::watch::decode(body).has_value();
    case 14:
      return wire::unwatch::decode(body).has_value();
    case 15:
      return wire::obituary::decode(body).has_value();
    case 16:
      return wire::received::decode(body).has_value();
    default:
      return wire::probe::decode(body).has_value();
  }
}

// Bytes of a payload that may be missing without anyone noticing here.
std::size_t payload_bytes(std::size_t place) { return place >= 5 && place <= 7 ? 3 : 0; }

}  // namespace

TEST_CASE("R8: every body that is encoded decodes to the same value") {
  check_round_trip(some_hello());
  check_round_trip(wire::hello{.node = std::string(255, 'n'), .target = ""});
  check_round_trip(some_welcome());
  check_round_trip(wire::welcome{.node = "\xc3\xa4", .heartbeat_interval = duration::max()});
  check_round_trip(wire::reject{.code = errc::disk_full, .text = ""});
  check_round_trip(wire::ping{~std::uint64_t{0}});
  check_round_trip(wire::pong{0});
  check_round_trip(wire::tell{"/user/a", ~std::uint64_t{0}, 1, "payload"});
  check_round_trip(wire::tell{});
  check_round_trip(some_ask());
  check_round_trip(wire::ask{.time_left = duration::max()});
  check_round_trip(wire::reply{~std::uint64_t{0}, 2, std::string_view{"\0\0", 2}});
  check_round_trip(some_failure());
  check_round_trip(wire::goodbye{""});
  check_round_trip(wire::trace{0, 1, 0, 0});
  check_round_trip(wire::offer{});
  check_round_trip(wire::cancel{0});
  check_round_trip(some_probe());
  check_round_trip(some_obituary());
  check_round_trip(wire::received{0});
  for (int kind = 0; kind <= static_cast<int>(exit_kind::unreachable); ++kind)
    check_round_trip(wire::obituary{1, 2, {static_cast<exit_kind>(kind), {}}});
  check_round_trip(wire::cancel{~std::uint64_t{0}});
  check_round_trip(wire::trace{~std::uint64_t{0}, ~std::uint64_t{0}, ~std::uint64_t{0}, 255});
  for (int code = 1; code <= static_cast<int>(errc::not_permitted); ++code)
    check_round_trip(wire::failure{1, {static_cast<errc>(code), "t", "", ""}});
}

TEST_CASE("the bytes of every kind are pinned: a change of the grammar needs a new version") {
  CHECK(hex(encoded(some_hello())) ==
        "29000000"
        "01"
        "54525045"
        "0400"
        "0300000000000000"
        "026e31"
        "0201000000000000"
        "026e32"
        "80cab5ee01"
        "ac02"
        "03683a31"
        "8001");
  CHECK(hex(encoded(some_welcome())) ==
        "1d000000"
        "02"
        "0400"
        "0100000000000000"
        "026e32"
        "1032547698badcfe"
        "e807"
        "02"
        "03"
        "ac02"
        "8001");
  CHECK(hex(encoded(wire::reject{.code = errc::invalid, .text = "no"})) ==
        "0d000000"
        "03"
        "0400"
        "07696e76616c6964"
        "026e6f");
  CHECK(hex(encoded(wire::ping{300})) ==
        "02000000"
        "04"
        "ac02");
  CHECK(hex(encoded(wire::pong{1})) ==
        "01000000"
        "05"
        "01");
  CHECK(hex(encoded(wire::tell{"/a", 7, 9, "xyz"})) ==
        "16000000"
        "06"
        "022f61"
        "0700000000000000"
        "0900000000000000"
        "78797a");
  CHECK(hex(encoded(wire::ask{300, 1us, "/a", 7, 9, "xyz"})) ==
        "1a000000"
        "07"
        "ac02"
        "e807"
        "022f61"
        "0700000000000000"
        "0900000000000000"
        "78797a");
  CHECK(hex(encoded(wire::reply{300, 7, "xyz"})) ==
        "0d000000"
        "08"
        "ac02"
        "0700000000000000"
        "78797a");
  CHECK(hex(encoded(wire::failure{5, {errc::timeout, "t", "u", "/a"}})) ==
        "10000000"
        "09"
        "05"
        "0774696d656f7574"
        "0174"
        "0175"
        "022f61");
  CHECK(hex(encoded(wire::goodbye{"bye"})) ==
        "04000000"
        "0a"
        "03627965");
  CHECK(hex(encoded(wire::trace{1, 2, 3, 1})) ==
        "19000000"
        "0b"
        "0100000000000000"
        "0200000000000000"
        "0300000000000000"
        "01");
  CHECK(hex(encoded(wire::offer{})) ==
        "00000000"
        "17");
  CHECK_FALSE(wire::offer::decode("x").has_value());
  CHECK(hex(encoded(wire::cancel{300})) ==
        "02000000"
        "0c"
        "ac02");
  CHECK(hex(encoded(some_probe())) ==
        "39000000"
        "0d"
        "ac02"
        "02"
        "03"
        "02"
        "026e31"
        "0201000000000000"
        "11"
        "01"
        "0700000000000000"
        "00"
        "022f61"
        "00"
        "026e32"
        "0100000000000000"
        "ac02"
        "02"
        "0000000000000000"
        "01"
        "00"
        "016d");
}

TEST_CASE("R8: a probe keeps its bounds, and texts that are too long for it are cut") {
  const auto of = [](std::size_t waits, std::uint64_t passed, std::uint64_t hops) {
    wire::probe p{.passed = passed, .hops = hops};
    for (std::size_t i = 0; i < waits; ++i) p.waits.push_back({.node = "n"});
    return body_of(p);
  };
  CHECK(wire::probe::decode(of(1, 1, 256)).has_value());
  CHECK(wire::probe::decode(of(64, 127, 0)).has_value());
  CHECK(why_not<wire::probe>(of(0, 0, 0)).find("no waits, or too many") != std::string::npos);
  CHECK(why_not<wire::probe>(of(65, 0, 0)).find("no waits, or too many") != std::string::npos);
  CHECK(why_not<wire::probe>(of(1, 2, 0)).find("more waits passed") != std::string::npos);
  CHECK(why_not<wire::probe>(of(1, 0, 257)).find("too many hops") != std::string::npos);
  std::string many;
  {
    byte_writer to{many};
    to.varint(1);
    to.varint(0);
    to.varint(0);
    to.varint(~std::uint64_t{0});
  }
  CHECK(why_not<wire::probe>(many).find("no waits, or too many") != std::string::npos);
  wire::probe longest{
      .waits = {
          {.node = std::string(255, 'n'), .path = std::string(300, 'p'), .message = std::string(300, 'm')}}};
  const auto back = wire::probe::decode(body_of(longest)).value();
  CHECK(back.waits[0].path == std::string(256, 'p'));
  CHECK(back.waits[0].message == std::string(256, 'm'));
  std::string too_long = body_of(wire::probe{.waits = {{.node = "n", .path = std::string(200, 'p')}}});
  const std::size_t at = too_long.find("pp") - 2;
  too_long[at] = static_cast<char>(0xac);  // 300 instead of 200
  too_long[at + 1] = 2;
  too_long.insert(at + 2, std::string(100, 'p'));
  CHECK(why_not<wire::probe>(too_long).find("a text that is too long") != std::string::npos);
}

TEST_CASE("the payload of a decoded message is a view into the body, not a copy") {
  const std::string body = body_of(wire::tell{"/user/a", 7, 9, "xyz"});
  const auto back = wire::tell::decode(body);
  REQUIRE(back.has_value());
  CHECK(back->payload.data() == body.data() + body.size() - 3);
  CHECK(back->path.data() == body.data() + 1);
}

TEST_CASE("R8: every truncation of every body is refused, as far as it is not payload") {
  const auto bodies = one_body_of_each();
  for (std::size_t place = 0; place < bodies.size(); ++place) {
    CAPTURE(place);
    REQUIRE(decodes(place, bodies[place]));
    for (std::size_t size = 0; size < bodies[place].size(); ++size) {
      CAPTURE(size);
      const bool only_payload_is_missing = size + payload_bytes(place) >= bodies[place].size();
      const std::string cut =
          bodies[place].substr(0, size);  // its own memory, so a read past its end is seen
      CHECK(decodes(place, cut) == only_payload_is_missing);
    }
  }
}

TEST_CASE("R8: bytes behind the last field are refused") {
  const auto bodies = one_body_of_each();
  for (std::size_t place = 0; place < bodies.size(); ++place) {
    CAPTURE(place);
    CHECK(decodes(place, bodies[place] + '\0') == (payload_bytes(place) > 0));
  }
  CHECK(why_not<wire::ping>(std::string_view{"\1\1", 2}) ==
        "the body of a frame of kind ping does not decode: bytes behind the last field");
}

TEST_CASE("R8: garbage never gets past its end, for any kind and many seeds") {
  prng random{0xbad};
  const auto bodies = one_body_of_each();
  for (int round = 0; round < 20000; ++round) {
    const auto place = static_cast<std::size_t>(random.below(bodies.size()));
    std::string bytes;
    if (random.below(2) == 0) {
      bytes = bodies[place];
      for (std::uint64_t i = random.below(4) + 1; i > 0 && !bytes.empty(); --i)
        bytes[static_cast<std::size_t>(random.below(bytes.size()))] = static_cast<char>(random.next());
    } else {
      for (std::uint64_t i = random.below(64); i > 0; --i) bytes += static_cast<char>(random.next());
    }
    bytes.shrink_to_fit();
    (void)decodes(place, bytes);
  }
}

TEST_CASE("R8: a name that is empty, too long or has control characters is refused") {
  const auto hello_named = [](std::string_view node, std::string_view target) {
    std::string body;
    byte_writer to{body};
    to.u32(wire::magic);
    to.u16(wire::version);
    to.u64(0);
    to.bytes(node);
    to.u64(1);
    to.bytes(target);
    to.varint(0);
    to.varint(1);
    to.bytes({});
    to.varint(1);
    return body;
  };
  CHECK(wire::hello::decode(hello_named("n1", "")).has_value());
  CHECK(wire::hello::decode(hello_named(std::string(255, 'n'), "n2")).has_value());
  CHECK(why_not<wire::hello>(hello_named("", "n2")) ==
        "the body of a frame of kind hello does not decode: a node's name is empty");
  const std::string bad =
      "the body of a frame of kind hello does not decode: a node's name is too long or has control "
      "characters";
  CHECK(why_not<wire::hello>(hello_named(std::string(256, 'n'), "n2")) == bad);
  CHECK(why_not<wire::hello>(hello_named("n1", std::string(256, 'n'))) == bad);
  CHECK(why_not<wire::hello>(hello_named("n\n1", "n2")) == bad);
  CHECK(why_not<wire::hello>(hello_named("n1", "\x7f")) == bad);
}

TEST_CASE("R8: a path, text or time past its bound is refused") {
  const auto tell_to = [](std::string_view path) {
    std::string body;
    byte_writer to{body};
    to.bytes(path);
    to.u64(0);
    to.u64(0);
    return body;
  };
  CHECK(wire::tell::decode(tell_to(std::string(wire::path_bytes_max, 'p'))).has_value());
  CHECK(why_not<wire::tell>(tell_to(std::string(wire::path_bytes_max + 1, 'p'))) ==
        "the body of a frame of kind tell does not decode: a path that is too long");

  std::string text;
  byte_writer{text}.bytes(std::string(wire::text_bytes_max + 1, 't'));
  CHECK(why_not<wire::goodbye>(text) ==
        "the body of a frame of kind goodbye does not decode: a text that is too long");

  std::string code;
  byte_writer{code}.u16(wire::version);
  byte_writer{code}.bytes(std::string(wire::code_bytes_max + 1, 'c'));
  byte_writer{code}.bytes("");
  CHECK(why_not<wire::reject>(code) ==
        "the body of a frame of kind reject does not decode: a code that is too long");

  std::string late;
  byte_writer to{late};
  to.varint(1);
  to.varint(std::uint64_t{1} << 63);
  to.bytes("/a");
  to.u64(0);
  to.u64(0);
  CHECK(why_not<wire::ask>(late) ==
        "the body of a frame of kind ask does not decode: a time that is too long");
}

TEST_CASE("a text that is too long is cut between two characters, so an error can always be told") {
  const std::string long_text = std::string(wire::text_bytes_max - 1, 'a') +
                                "\xc3\xa4"
                                " and more";
  const auto bye = wire::goodbye::decode(body_of(wire::goodbye{long_text}));
  REQUIRE(bye.has_value());
  CHECK(bye->text == std::string(wire::text_bytes_max - 1, 'a'));

  const error huge{errc::io, std::string(1 << 20, 'x'), std::string(1 << 20, 'y'), std::string(1 << 20, 'z')};
  const auto back = wire::failure::decode(body_of(wire::failure{1, huge}));
  REQUIRE(back.has_value());
  CHECK(back->why.code == errc::io);
  CHECK(back->why.text.size() == wire::text_bytes_max);
  CHECK(back->why.type.size() == wire::text_bytes_max);
  CHECK(back->why.path.size() == wire::path_bytes_max);
}

TEST_CASE("an error code of a newer peer keeps its name in the text") {
  std::string body;
  byte_writer to{body};
  to.varint(4);
  to.bytes("quota_exceeded");
  to.bytes("10 of 9 used");
  to.bytes("");
  to.bytes("");
  const auto back = wire::failure::decode(body);
  REQUIRE(back.has_value());
  CHECK(back->why == error{errc::invalid, "quota_exceeded: 10 of 9 used", "", ""});
}

}  // namespace wire_bodies_test
