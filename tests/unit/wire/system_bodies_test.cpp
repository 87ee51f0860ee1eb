// The bytes of system frames, and what they say that this release does not know.
#include <doctest/doctest.h>

#include <string>
#include <troupe/wire/system_bodies.hpp>

namespace wire_system_bodies_test {

using namespace troupe;

namespace {

template <class Frame>
std::string hex(const Frame& f) {
  std::string bytes, out;
  f.encode(bytes);
  for (const char c : bytes) {
    constexpr char digits[] = "0123456789abcdef";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

}  // namespace

TEST_CASE("the bytes of every system frame are pinned: a change of the grammar needs a new version") {
  CHECK(hex((wire::watch{300, 17, "/a"})) ==
        "06000000"
        "0e"
        "ac02"
        "11"
        "022f61");
  CHECK(hex((wire::unwatch{300, 17})) ==
        "03000000"
        "0f"
        "ac02"
        "11");
  CHECK(hex((wire::obituary{300, 17, {exit_kind::gone, {errc::stopped, "t", "y", "/a"}}})) ==
        "17000000"
        "10"
        "ac02"
        "11"
        "04676f6e65"
        "0773746f70706564"
        "0174"
        "0179"
        "022f61");
  CHECK(hex((wire::received{300})) ==
        "02000000"
        "11"
        "ac02");
}

TEST_CASE("an end of a kind that is not known is an end, and a code that is not known is not lost") {
  std::string body = [] {
    std::string frame;
    wire::obituary{1, 2, {exit_kind::gone, {errc::stopped, "t", {}, {}}}}.encode(frame);
    return frame.substr(wire::header_bytes);
  }();
  body.replace(body.find("gone"), 4, "lost");
  body.replace(body.find("stopped"), 7, "mislaid");
  const auto read = wire::obituary::decode(body);
  REQUIRE(read.has_value());
  CHECK(read->reason.kind == exit_kind::failed);
  CHECK(read->reason.why.text == "mislaid: t");
}

}  // namespace wire_system_bodies_test
