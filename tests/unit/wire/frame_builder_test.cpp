#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <troupe/wire/frame_builder.hpp>

namespace wire_frame_builder_test {

using namespace troupe;
using namespace troupe::literals;

namespace {

std::string body_of(std::string_view frame) { return std::string{frame.substr(wire::header_bytes)}; }

}  // namespace

TEST_CASE("a payload written in place gives the same bytes as one that was there before") {
  std::string in_place;
  {
    wire::frame_builder frame{in_place, wire::tell{.path = "/user/a", .type_hash = 7, .cause = 9}};
    frame.payload().raw("xy");
    frame.payload().u8('z');
    const auto size = frame.close();
    REQUIRE(size.has_value());
    CHECK(*size == in_place.size());
  }
  std::string at_once;
  REQUIRE(wire::tell{"/user/a", 7, 9, "xyz"}.encode(at_once).has_value());
  CHECK(in_place == at_once);
}

TEST_CASE("frames line up in one buffer behind what is there, each with its own length") {
  std::string out = "before";
  {
    wire::frame_builder frame{out, wire::ask{.request = 1, .time_left = 1s, .path = "/a"}};
    frame.payload().raw("question");
    REQUIRE(frame.close().has_value());
  }
  const std::size_t second = out.size();
  {
    wire::frame_builder frame{out, wire::reply{.request = 1, .type_hash = 2}};
    frame.payload().raw("answer");
    REQUIRE(frame.close().has_value());
  }
  CHECK(out.substr(0, 6) == "before");
  const auto ask = wire::ask::decode(
      std::string_view{out}.substr(6 + wire::header_bytes, second - 6 - wire::header_bytes));
  REQUIRE(ask.has_value());
  CHECK(ask->payload == "question");
  const std::string last = body_of(std::string_view{out}.substr(second));
  const auto reply = wire::reply::decode(last);
  REQUIRE(reply.has_value());
  CHECK(reply->payload == "answer");
}

TEST_CASE("the codec's context travels in the writer") {
  std::string out;
  const int resolver = 0;
  wire::frame_builder frame{out, wire::tell{.path = "/a"}, &resolver};
  CHECK(frame.payload().context() == &resolver);
}

TEST_CASE("R8: a frame over the limit leaves the buffer as it was and an error with size and limit") {
  std::string out = "before";
  wire::frame_builder frame{out, wire::tell{.path = "/a"}, nullptr, 100};
  frame.payload().raw(std::string(77, 'x'));
  const auto refused = frame.close();
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::invalid);
  CHECK(refused.error().text ==
        "a frame of kind tell has 101 bytes; the limit is 100; send the message in parts");
  CHECK(out == "before");
}

TEST_CASE("R8: a frame of exactly the limit is sent") {
  std::string out;
  wire::frame_builder frame{out, wire::tell{.path = "/a"}, nullptr, 100};
  frame.payload().raw(std::string(76, 'x'));
  CHECK(frame.close().value() == 100);
  CHECK(out.size() == 100);
}

TEST_CASE("R8: no limit of the caller's allows more than a peer accepts") {
  std::string out;
  wire::frame_builder frame{out, wire::reply{}, nullptr, ~std::size_t{0}};
  frame.payload().raw(std::string(limits::frame_bytes_max, 'x'));
  CHECK_FALSE(frame.close().has_value());
  CHECK(out.empty());
}

TEST_CASE("R8: a path that no peer would accept is not sent") {
  std::string out;
  const std::string path(wire::path_bytes_max + 1, 'p');
  const auto refused = wire::tell{.path = path}.encode(out);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().text == "the path of a message to another node has 16449 bytes; the limit is 16448");
  CHECK(out.empty());
}

TEST_CASE("a codec that throws leaves no half frame behind") {
  std::string out = "before";
  try {
    wire::frame_builder frame{out, wire::tell{.path = "/a"}};
    frame.payload().raw("half");
    throw std::runtime_error{"no codec for this value"};
  } catch (const std::runtime_error&) {
    CHECK(out == "before");
  }
}

TEST_CASE("a cancelled frame is gone, a closed one stays") {
  std::string out;
  wire::frame_builder first{out, wire::frame_kind::ping};
  first.payload().varint(1);
  first.cancel();
  CHECK(out.empty());
  {
    wire::frame_builder second{out, wire::frame_kind::ping};
    second.payload().varint(1);
    REQUIRE(second.close().has_value());
    second.cancel();
  }
  CHECK(out.size() == 6);
}

TEST_CASE("an ask whose time is over is sent with no time left") {
  std::string frame;
  REQUIRE(wire::ask{.time_left = -5s}.encode(frame).has_value());
  const std::string body = body_of(frame);
  const auto back = wire::ask::decode(body);
  REQUIRE(back.has_value());
  CHECK(back->time_left == 0s);
}

}  // namespace wire_frame_builder_test
