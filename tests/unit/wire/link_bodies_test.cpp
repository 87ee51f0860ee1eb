// The bytes of the system frames of links, what does not decode, and what they say that this release does not know (R8).
#include <doctest/doctest.h>

#include <string>
#include <troupe/wire/link_bodies.hpp>

namespace wire_link_bodies_test {

using namespace troupe;

namespace {

template <class Frame>
std::string frame_bytes(const Frame& f) {
  std::string bytes;
  f.encode(bytes);
  return bytes;
}

template <class Frame>
std::string in_hex(const Frame& f) {
  std::string out;
  for (const char c : frame_bytes(f)) {
    constexpr char digits[] = "0123456789abcdef";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

/// Round trip; nothing shorter or longer decodes, and the reason is said.
template <class Frame>
void check_codec(const Frame& f) {
  const std::string body = frame_bytes(f).substr(wire::header_bytes);
  const auto read = Frame::decode(body);
  REQUIRE(read.has_value());
  CHECK(*read == f);
  for (std::size_t n = 0; n < body.size(); ++n) {
    const auto cut = Frame::decode(std::string_view{body}.substr(0, n));
    CHECK_FALSE(cut.has_value());
    CHECK(cut.error().code == errc::decode_error);
    CHECK_FALSE(cut.error().text.empty());
  }
  CHECK_FALSE(Frame::decode(body + "x").has_value());
}

const exit_reason fell{exit_kind::failed, {errc::handler_failed, "t", "y", "/a"}};
constexpr std::uint64_t most = ~std::uint64_t{0};
constexpr std::uint32_t last_ask = ~std::uint32_t{0};

}  // namespace

TEST_CASE("the bytes of every frame about links are pinned: a change of the grammar needs a new version") {
  CHECK(in_hex(wire::link{300, 17, 2, "/a", "9/b"}) ==
        "0b000000"
        "18"
        "ac02"
        "11"
        "02"
        "022f61"
        "03392f62");
  CHECK(in_hex(wire::unlink{300, 17, 9, 2, 3}) ==
        "06000000"
        "19"
        "ac02"
        "11"
        "09"
        "02"
        "03");
  CHECK(in_hex(wire::linked{300, 17, 9, 2}) ==
        "05000000"
        "1a"
        "ac02"
        "11"
        "09"
        "02");
  CHECK(in_hex(wire::link_end{300, 17, 9, 2, 3, {exit_kind::gone, {errc::stopped, "t", "y", "/a"}}}) ==
        "1a000000"
        "1b"
        "ac02"
        "11"
        "09"
        "02"
        "03"
        "04676f6e65"
        "0773746f70706564"
        "0174"
        "0179"
        "022f61");
}

TEST_CASE("R8: frames about links decode to what was encoded, and nothing shorter or longer decodes") {
  check_codec(wire::link{300, 17, 2, "/a", "9/b"});
  check_codec(wire::link{most, most, last_ask, "", ""});
  check_codec(wire::unlink{300, 17, 9, 2, 3});
  check_codec(wire::unlink{});
  check_codec(wire::unlink{most, most, most, last_ask, last_ask});
  check_codec(wire::linked{300, 17, 9, 2});
  check_codec(wire::link_end{300, 17, 9, 2, 3, fell});
  for (int kind = 0; kind <= static_cast<int>(exit_kind::unreachable); ++kind)
    check_codec(wire::link_end{1, 2, 3, 0, last_ask, {static_cast<exit_kind>(kind), {}}});
}

TEST_CASE("R8: a link that nobody asks for, to nobody, or by an ask that is too large, does not decode") {
  const auto body = [](const auto& f) { return frame_bytes(f).substr(wire::header_bytes); };
  CHECK_FALSE(wire::link::decode(body(wire::link{1, 0, 2, "/a", "/b"})).has_value());
  CHECK_FALSE(wire::link::decode(body(wire::link{1, 17, 0, "/a", "/b"})).has_value());
  CHECK_FALSE(wire::linked::decode(body(wire::linked{1, 0, 9, 2})).has_value());
  // 2^32 in place of the last 2.
  const std::string unlink = body(wire::unlink{1, 17, 9, 1, 2});
  const std::string too_large{"\x80\x80\x80\x80\x10", 5};
  CHECK_FALSE(wire::unlink::decode(unlink.substr(0, unlink.size() - 1) + too_large).has_value());
  CHECK_FALSE(wire::link::decode(body(wire::link{1, 17, 2, std::string(wire::path_bytes_max + 1, 'a'), "/b"}))
                  .has_value());
}

TEST_CASE(
    "an end of a link of a kind that is not known is a failure, and a code that is not known is not lost") {
  std::string body =
      frame_bytes(wire::link_end{1, 2, 3, 4, 5, {exit_kind::gone, {errc::stopped, "t", {}, {}}}})
          .substr(wire::header_bytes);
  body.replace(body.find("gone"), 4, "lost");
  body.replace(body.find("stopped"), 7, "mislaid");
  const auto read = wire::link_end::decode(body);
  REQUIRE(read.has_value());
  CHECK(read->reason.kind == exit_kind::failed);
  CHECK(read->reason.why.text == "mislaid: t");
}

}  // namespace wire_link_bodies_test
