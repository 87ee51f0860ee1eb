// Bytes written one after the other, and in bursts.
#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/base/bytes.hpp>

namespace base_bytes_test {

using namespace troupe;

namespace {

void write_some(byte_writer& to, int n) {
  for (int i = 0; i < n; ++i) {
    to.u8(static_cast<std::uint8_t>(i));
    to.varint(std::uint64_t{1} << (i % 64));
    to.u32(7);
    to.bytes("some text that is longer than a small string");
    to.f64(0.5);
  }
}

}  // namespace

TEST_CASE("B4: a burst writes what is written without it, wherever the string's memory ends") {
  for (int n : {0, 1, 2, 5, 100}) {
    for (const std::string& before : {std::string{}, std::string(100, 'x'), std::string(1'000, 'x')}) {
      CAPTURE(n);
      CAPTURE(before.size());
      std::string plain = before, in_burst = before;
      byte_writer one{plain}, other{in_burst};
      write_some(one, n);
      {
        const byte_writer::burst b{other};
        CHECK(other.position() == before.size());
        write_some(other, n);
        CHECK(other.position() == plain.size());
      }
      CHECK(in_burst == plain);
      write_some(other, 1);
      write_some(one, 1);
      CHECK(in_burst == plain);
    }
  }
}

TEST_CASE("B4: a burst inside another, and one that an exception ends, leave what was written and no more") {
  std::string out;
  byte_writer to{out};
  CHECK_THROWS_AS(
      [&] {
        const byte_writer::burst outer{to};
        to.u8(1);
        {
          const byte_writer::burst inner{to};
          to.u8(2);
        }
        to.u8(3);
        throw std::runtime_error{"no more"};
      }(),
      std::runtime_error);
  CHECK(out == "\1\2\3");
}

TEST_CASE("B1: a length that is filled in later is the one that `bytes` writes") {
  for (std::size_t n : {0, 1, 127, 128, 129, 16'383, 16'384, 100'000}) {
    for (const bool burst : {false, true}) {
      CAPTURE(n);
      const std::string inside(n, 'y');
      std::string expected = "ab", out = "a";
      byte_writer{expected}.bytes(inside);
      byte_writer{expected}.u8('z');
      byte_writer to{out};
      {
        std::optional<byte_writer::burst> b;
        if (burst) b.emplace(to);
        to.u8('b');
        const std::size_t begin = to.begin_length();
        to.raw(inside);
        to.end_length(begin);
        to.u8('z');
      }
      CHECK(out == expected);
    }
  }
}

TEST_CASE("B5: whatever is said of a length before, it is the one that `bytes` writes") {
  for (std::size_t n : {1, 127, 128, 1'023, 1'024, 16'383, 16'384, 100'000}) {
    for (std::size_t least : {std::size_t{0}, n - 1, n}) {
      CAPTURE(n);
      CAPTURE(least);
      const std::string inside(n, 'y');
      std::string expected = "a", out = "a";
      byte_writer{expected}.bytes(inside);
      byte_writer{expected}.u8('z');
      {
        byte_writer to{out};
        const byte_writer::burst b{to};
        const std::size_t begin = to.begin_length(least);
        to.raw(inside);
        to.end_length(begin, least);
        to.u8('z');
      }
      CHECK(out == expected);
    }
  }
}

TEST_CASE("B5: what is large lies where it was written, in a string that is no larger than it must be") {
  const std::string large(1'000'000, 'y');
  std::string out(70, 'f');
  out.reserve(70 + 2 + 3 + large.size() + 1'000);
  const char* const at = out.data();
  {
    byte_writer to{out};
    const byte_writer::burst b{to};
    to.u8(1);
    const std::size_t begin = to.begin_length(large.size());
    to.bytes(large);
    CHECK(out.substr(70 + 1 + 3 + 3, 10) == "yyyyyyyyyy");
    to.end_length(begin, large.size());
  }
  CHECK(out.data() == at);
  std::string small = "a";
  {
    byte_writer to{small};
    const byte_writer::burst b{to};
    to.raw(large);
  }
  CHECK(small.capacity() < large.size() + 1'000);
}

TEST_CASE(
    "B1, B2: varints of all lengths are read back, and those that are cut off or too large are refused") {
  for (int bit = 0; bit < 64; ++bit) {
    for (const std::uint64_t v : {std::uint64_t{1} << bit, (std::uint64_t{1} << bit) - 1}) {
      std::string out;
      byte_writer{out}.varint(v);
      byte_reader in{out};
      CHECK(in.varint() == v);
      CHECK(in.ok());
      CHECK(in.remaining() == 0);
      byte_reader cut{std::string_view{out}.substr(0, out.size() - 1)};
      CHECK(cut.varint() == 0);
      CHECK_FALSE(cut.ok());
    }
  }
  byte_reader large{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"};
  CHECK(large.varint() == 0);
  CHECK(large.why() == "a varint is larger than 64 bits");
}

}  // namespace base_bytes_test
