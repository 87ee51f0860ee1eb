#include <doctest/doctest.h>

#include <string>
#include <troupe/base/prng.hpp>
#include <troupe/wire/bodies.hpp>
#include <troupe/wire/frame_builder.hpp>
#include <troupe/wire/frame_reader.hpp>
#include <vector>

namespace wire_frame_reader_test {

using namespace troupe;
using namespace troupe::literals;

namespace {

struct taken {
  wire::frame_kind kind;
  std::string body;

  friend bool operator==(const taken&, const taken&) = default;
};

// All whole frames that are there, appended to `out`; the error's text, or nothing.
std::string take_all(wire::frame_reader& from, std::vector<taken>& out) {
  for (;;) {
    const auto next = from.next();
    if (!next.has_value()) return next.error().text;
    if (!next->has_value()) return "";
    out.push_back({(*next)->kind, std::string{(*next)->body}});
  }
}

std::string header(std::uint32_t length, std::uint8_t kind) {
  std::string out;
  byte_writer to{out};
  to.u32(length);
  to.u8(kind);
  return out;
}

// Some frames of different kinds and sizes, among them one without a body.
std::string some_stream() {
  std::string out;
  wire::hello{.node = "n1", .target = "n2"}.encode(out);
  wire::ping{1}.encode(out);
  (void)wire::tell{"/user/a", 7, 9, "payload"}.encode(out);
  (void)wire::frame_builder{out, wire::frame_kind::goodbye}.close();
  wire::pong{1}.encode(out);
  return out;
}

std::vector<taken> frames_of(const std::string& stream) {
  wire::frame_reader reader;
  std::vector<taken> out;
  reader.feed(stream);
  REQUIRE(take_all(reader, out) == "");
  return out;
}

}  // namespace

TEST_CASE("frames come out whole and in order") {
  const auto frames = frames_of(some_stream());
  REQUIRE(frames.size() == 5);
  CHECK(frames[0].kind == wire::frame_kind::hello);
  CHECK(wire::hello::decode(frames[0].body)->node == "n1");
  CHECK(frames[1].kind == wire::frame_kind::ping);
  CHECK(frames[2].kind == wire::frame_kind::tell);
  CHECK(wire::tell::decode(frames[2].body)->payload == "payload");
  CHECK(frames[3] == taken{wire::frame_kind::goodbye, ""});
  CHECK(frames[4].kind == wire::frame_kind::pong);
}

TEST_CASE("a stream cut in two at any byte gives the same frames") {
  const std::string stream = some_stream();
  const auto expected = frames_of(stream);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    wire::frame_reader reader;
    std::vector<taken> got;
    reader.feed(std::string_view{stream}.substr(0, cut));
    REQUIRE(take_all(reader, got) == "");
    reader.feed(std::string_view{stream}.substr(cut));
    REQUIRE(take_all(reader, got) == "");
    REQUIRE(got == expected);
    REQUIRE(reader.buffered() == 0);
  }
}

TEST_CASE("a stream that comes byte by byte gives the same frames, fed as bytes or as text") {
  const std::string stream = some_stream();
  wire::frame_reader reader;
  std::vector<taken> got;
  for (const char c : stream) {
    reader.feed(std::as_bytes(std::span{&c, 1}));
    REQUIRE(take_all(reader, got) == "");
  }
  CHECK(got == frames_of(stream));
}

TEST_CASE("a stream in random pieces gives the same frames, also when they pile up before they are taken") {
  prng random{0xc0ffee};
  std::string stream;
  for (int i = 0; i < 50; ++i) stream += some_stream();
  const auto expected = frames_of(stream);
  for (int round = 0; round < 50; ++round) {
    wire::frame_reader reader;
    std::vector<taken> got;
    std::string_view rest = stream;
    while (!rest.empty()) {
      const auto n = std::min(rest.size(), static_cast<std::size_t>(random.below(200)));
      reader.feed(rest.substr(0, n));
      rest.remove_prefix(n);
      if (random.below(3) > 0) REQUIRE(take_all(reader, got) == "");
      if (random.below(3) == 0) {
        const auto one = reader.next();
        REQUIRE(one.has_value());
        if (one->has_value()) got.push_back({(*one)->kind, std::string{(*one)->body}});
      }
    }
    REQUIRE(take_all(reader, got) == "");
    REQUIRE(got == expected);
  }
}

TEST_CASE("R6: a frame over the limit is refused by its length alone, before its kind or body arrives") {
  wire::frame_reader reader{100};
  std::vector<taken> got;
  reader.feed(header(96, 6).substr(0, 4));
  CHECK(take_all(reader, got) == "a frame of 101 bytes is larger than the limit of 100 on this connection");

  wire::frame_reader exact{100};
  exact.feed(header(95, 6) + std::string(95, 'x'));
  CHECK(take_all(exact, got) == "");
  CHECK(got.size() == 1);
}

TEST_CASE(
    "R6: the limit is that of the handshake until it is raised, and is raised between two frames of one "
    "read") {
  std::string stream;
  wire::ping{1}.encode(stream);
  (void)wire::tell{"/a", 0, 0, std::string(100'000, 'x')}.encode(stream);

  wire::frame_reader early;
  std::vector<taken> got;
  early.feed(stream);
  CHECK(take_all(early, got).find("larger than the limit of 65536") != std::string::npos);

  wire::frame_reader reader;
  reader.feed(stream);
  CHECK(reader.next().value()->kind == wire::frame_kind::ping);
  reader.raise_limit(limits::frame_bytes_max);
  CHECK(reader.next().value()->kind == wire::frame_kind::tell);
}

TEST_CASE("R8: the limit is never lowered, nor raised past the largest frame") {
  wire::frame_reader reader{1000};
  reader.raise_limit(10);
  reader.feed(header(500, 6) + std::string(500, 'x'));
  CHECK(reader.next().value().has_value());
  reader.raise_limit(~std::size_t{0});
  reader.feed(header(static_cast<std::uint32_t>(limits::frame_bytes_max), 6));
  CHECK_FALSE(reader.next().has_value());
}

TEST_CASE("R8: an unknown kind is refused by name before its body arrives") {
  for (const int kind : {0, static_cast<int>(wire::frame_kind::introduction) + 1, 77, 255}) {
    wire::frame_reader reader;
    std::vector<taken> got;
    reader.feed(header(10, static_cast<std::uint8_t>(kind)));
    CHECK(take_all(reader, got) == "a frame of the unknown kind " + std::to_string(kind));
  }
}

TEST_CASE("R8: an error is final and holds no memory") {
  wire::frame_reader reader;
  reader.feed(header(1, 99) + std::string(50'000, 'x'));
  CHECK_FALSE(reader.next().has_value());
  CHECK(reader.capacity() == 0);
  reader.feed(some_stream());
  CHECK(reader.next().error().text == "a frame of the unknown kind 99");
  CHECK(reader.buffered() == 0);
}

TEST_CASE("R8: memory follows the bytes that arrived, never the length that was announced") {
  wire::frame_reader reader{limits::frame_bytes_max};
  reader.feed(header(60u << 20, 6));
  CHECK_FALSE(reader.next().value().has_value());
  std::size_t received = wire::header_bytes;
  const std::string piece(1000, 'x');
  for (int i = 0; i < 500; ++i) {
    reader.feed(piece);
    received += piece.size();
    REQUIRE_FALSE(reader.next().value().has_value());
    REQUIRE(reader.capacity() <= 2 * received);
  }
}

TEST_CASE("R6: during the handshake one frame never holds more memory than the limit, however it is cut") {
  wire::frame_reader reader;
  const auto body = static_cast<std::uint32_t>(limits::handshake_bytes_max - wire::header_bytes);
  const std::string stream = header(body, 1) + std::string(body, 'x');
  for (std::size_t at = 0; at < stream.size(); at += 777) {
    reader.feed(std::string_view{stream}.substr(at, 777));
    const bool whole = reader.next().value().has_value();
    REQUIRE(whole == (at + 777 >= stream.size()));
    REQUIRE(reader.capacity() <= limits::handshake_bytes_max);
  }
}

TEST_CASE("a large frame's memory is given back with the next bytes, or when the stream has gone idle") {
  std::string large;
  (void)wire::tell{"/a", 0, 0, std::string(1 << 20, 'x')}.encode(large);
  std::string small;
  wire::ping{1}.encode(small);

  wire::frame_reader idle{limits::frame_bytes_max};
  idle.feed(large);
  CHECK(idle.next().value()->body.size() > (1 << 20));
  CHECK_FALSE(idle.next().value().has_value());
  CHECK(idle.capacity() <= 4096);

  wire::frame_reader busy{limits::frame_bytes_max};
  busy.feed(large + small.substr(0, 3));
  CHECK(busy.next().value().has_value());
  CHECK_FALSE(busy.next().value().has_value());
  busy.feed(small.substr(3));
  CHECK(busy.next().value()->kind == wire::frame_kind::ping);
  CHECK(busy.capacity() <= 4096);
}

TEST_CASE("R8: random garbage ends in frames within the limit or in an error, never in a crash") {
  prng random{0xfeed};
  for (int round = 0; round < 500; ++round) {
    wire::frame_reader reader{300};
    for (int piece = 0; piece < 20; ++piece) {
      std::string bytes;
      const bool plausible = random.below(2) == 0;
      if (plausible)
        bytes = header(static_cast<std::uint32_t>(random.below(300)),
                       static_cast<std::uint8_t>(random.below(13)));
      for (std::uint64_t i = random.below(120); i > 0; --i) bytes += static_cast<char>(random.next());
      reader.feed(bytes);
      std::vector<taken> got;
      (void)take_all(reader, got);
      for (const auto& frame : got) REQUIRE(frame.body.size() + wire::header_bytes <= 300);
    }
  }
}

TEST_CASE("every kind has its own name, and a number that is none is unknown") {
  CHECK(to_string(wire::frame_kind::hello) == "hello");
  CHECK(to_string(wire::frame_kind::goodbye) == "goodbye");
  CHECK(to_string(wire::frame_kind::trace) == "trace");
  CHECK(to_string(wire::frame_kind::cancel) == "cancel");
  CHECK(to_string(wire::frame_kind::probe) == "probe");
  CHECK(to_string(static_cast<wire::frame_kind>(0)) == "unknown");
  for (int kind = 0; kind < 256; ++kind)
    CHECK(wire::is_known_kind(static_cast<std::uint8_t>(kind)) ==
          (to_string(static_cast<wire::frame_kind>(kind)) != "unknown"));
}

}  // namespace wire_frame_reader_test
