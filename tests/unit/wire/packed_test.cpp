// Packed payloads (W7, W8).
#include <doctest/doctest.h>

#include <random>
#include <troupe/wire/packed.hpp>

namespace wire_packed_test {

using namespace troupe;

namespace {

std::string repeated(std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += "the quick brown fox " + std::to_string(out.size() % 97) + "; ";
  out.resize(bytes);
  return out;
}

std::string noise(std::size_t bytes) {
  std::mt19937 draw{7};
  std::string out(bytes, '\0');
  for (char& c : out) c = static_cast<char>(draw());
  return out;
}

}  // namespace

TEST_CASE("W7: the frame's bytes are pinned") {
  std::string out;
  wire::packed{300}.encode(out);
  CHECK(out == std::string{"\x02\0\0\0\x1c\xac\x02", 7});
  CHECK(wire::packed::decode(out.substr(wire::header_bytes)).value() == wire::packed{300});
  for (const std::string body : {"", "\xac", "\x01\x01"}) CHECK(wire::packed::decode(body).has_error());
  CHECK(wire::packed::decode(std::string(1, '\0')).error().text.find("of no bytes") != std::string::npos);
}

TEST_CASE("W7: what is packed unpacks to what it was, behind what was there before") {
  for (const std::size_t size : {64u, 1000u, 70'000u, 3'000'000u}) {
    CAPTURE(size);
    const std::string plain = repeated(size);
    std::string out = "front";
    REQUIRE(wire::pack(plain, out));
    CHECK(out.starts_with("front"));
    CHECK(out.size() - 5 <= size - size / 8);
    std::string back = "something else";
    REQUIRE(wire::unpack(std::string_view{out}.substr(5), size, back).has_value());
    CHECK(back == plain);
  }
}

TEST_CASE("what would not save an eighth stays as it is, and nothing is appended") {
  std::string out = "front";
  for (const std::string& plain : {std::string{}, std::string{"short"}, noise(64), noise(100'000)}) {
    CHECK_FALSE(wire::pack(plain, out));
    CHECK(out == "front");
  }
}

TEST_CASE(
    "W8: a block that is cut, changed, or of another size than announced is an error, and no more memory "
    "than announced") {
  const std::string plain = repeated(5000);
  std::string block, back;
  REQUIRE(wire::pack(plain, block));
  for (std::size_t cut = 0; cut < block.size(); ++cut)
    CHECK(wire::unpack(std::string_view{block}.substr(0, cut), plain.size(), back).error().code ==
          errc::decode_error);
  CHECK(wire::unpack(block, plain.size() - 1, back).has_error());
  CHECK(wire::unpack(block, plain.size() + 1, back).has_error());
  CHECK(wire::unpack(block + "x", plain.size(), back).has_error());
  // Any byte changed: an error, or other bytes of the same length.
  for (std::size_t i = 0; i < block.size(); ++i) {
    std::string other = block;
    other[i] = static_cast<char>(other[i] ^ 0x55);
    if (wire::unpack(other, plain.size(), back)) CHECK(back.size() == plain.size());
  }
}

TEST_CASE("W8: a small block can't claim more than its format has, and costs nothing then") {
  std::string back;
  const auto no = wire::unpack("0123456789", 2551, back);
  CHECK(no.error().text == "a packed payload of 10 bytes can't be one of 2551");
  CHECK(back.capacity() < 100);
  CHECK(wire::unpack("", 1, back).has_error());
  CHECK(wire::unpack(std::string(64, 'x'), ~std::uint64_t{0}, back).has_error());
}

}  // namespace wire_packed_test
