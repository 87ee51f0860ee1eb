// What is understood of peers that speak another version, or something else (W3).
#include <doctest/doctest.h>

#include <string>
#include <troupe/wire/bodies.hpp>

namespace wire_other_version_test {

using namespace troupe;

TEST_CASE("R6: a hello, welcome or reject of another version decodes as far as its version") {
  std::string frame;
  wire::hello{.version = 5, .node = "n1", .incarnation = 5}.encode(frame);
  const auto newer = wire::hello::decode(frame.substr(wire::header_bytes) + "fields of later days");
  REQUIRE(newer.has_value());
  CHECK(*newer == wire::hello{.version = 5});

  const auto stranger = wire::hello::decode("GET / HTTP/1.1");
  REQUIRE(stranger.has_value());
  CHECK(stranger->magic != wire::magic);
  CHECK(stranger->node.empty());

  CHECK(*wire::welcome::decode(std::string_view{"\5\0 anything", 11}) == wire::welcome{.version = 5});
  CHECK(*wire::reject::decode(std::string_view{"\5\0 anything", 11}) == wire::reject{.version = 5});
  CHECK_FALSE(wire::hello::decode("TRPE").has_value());
  CHECK_FALSE(wire::welcome::decode("\2").has_value());
}

}  // namespace wire_other_version_test
