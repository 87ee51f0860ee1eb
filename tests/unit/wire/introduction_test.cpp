// Introductions (W1, W10).
#include <doctest/doctest.h>

#include <troupe/wire/introduction.hpp>

namespace wire_introduction_test {

using namespace troupe;

namespace {

std::string body_of(const wire::introduction& m) {
  std::string out;
  m.encode(out);
  return out.substr(wire::header_bytes);
}

}  // namespace

TEST_CASE("W10: the frame's bytes are pinned") {
  std::string out;
  wire::introduction{"n3", "h:7"}.encode(out);
  CHECK(out == std::string{"\x07\0\0\0\x20\x02n3\x03h:7", 12});
  CHECK(wire::introduction::decode(body_of({"n3", "h:7"})).value() == wire::introduction{"n3", "h:7"});
  CHECK(wire::is_known_kind(32));
  CHECK(to_string(wire::frame_kind::introduction) == "introduction");
}

TEST_CASE(
    "W1, R8: a name or an address that is missing, too long or no line is none, nor is one with something "
    "behind it") {
  const wire::introduction longest{std::string(255, 'n'), std::string(255, 'a')};
  CHECK(wire::introduction::decode(body_of(longest)).value() == longest);
  const std::string fine = body_of({"n3", "h:7"});
  for (std::size_t n = 0; n < fine.size(); ++n)
    CHECK(wire::introduction::decode(fine.substr(0, n)).has_error());
  for (const std::string& body :
       {fine + "x", std::string{"\0\x03h:7", 5}, std::string{"\x02n3\0", 4}, std::string{"\x02n\n\x03h:7", 7},
        std::string{"\x02n3\x03h:\x7f", 7}, "\xff\x02" + std::string(383, 'n') + "\x03h:7"}) {
    const auto got = wire::introduction::decode(body);
    REQUIRE(got.has_error());
    CHECK(got.error().code == errc::decode_error);
  }
}

}  // namespace wire_introduction_test
