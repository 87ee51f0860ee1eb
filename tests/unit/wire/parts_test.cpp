// Frames that come in parts (W5), routes, and the front of a message that is written last.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <troupe/base/prng.hpp>
#include <troupe/wire/frame_reader.hpp>
#include <troupe/wire/message_front.hpp>
#include <troupe/wire/routed_bodies.hpp>
#include <utility>
#include <vector>

namespace wire_parts_test {

using namespace troupe;
using namespace troupe::literals;
using wire::frame_kind;
using wire::lane;

namespace {

constexpr std::size_t joined_max = 1'000'000;

wire::frame_reader grown_up() {
  wire::frame_reader r;
  r.raise_limit(wire::header_bytes + wire::part_bytes_max + 100, joined_max);
  return r;
}

std::string ping(std::uint64_t n) {
  std::string out;
  wire::ping{n}.encode(out);
  return out;
}

std::string tell(const std::string& payload) {
  std::string out;
  (void)wire::tell{"/a", 1, 2, payload}.encode(out);
  return out;
}

// `row` in parts of at most `piece` bytes.
std::vector<std::string> parts_of(lane in, const std::string& row, std::size_t piece) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < row.size(); at += piece) {
    const auto carried = row.substr(at, piece);
    out.push_back(wire::part_front(in, row.size(), carried.size(), at == 0) + carried);
  }
  return out;
}

std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all) out += one;
  return out;
}

// What comes out, a word each, or the error.
std::vector<std::string> taken(wire::frame_reader& r) {
  std::vector<std::string> out;
  for (;;) {
    const auto next = r.next();
    if (!next) return out.push_back(next.error().text), out;
    if (!*next) return out;
    if ((*next)->kind == frame_kind::ping)
      out.push_back("ping " + std::to_string(wire::ping::decode((*next)->body)->number));
    else if ((*next)->kind == frame_kind::tell)
      out.emplace_back(wire::tell::decode((*next)->body)->payload);
    else
      out.emplace_back(to_string((*next)->kind));
  }
}

std::vector<std::string> taken_at_once(const std::string& stream) {
  wire::frame_reader r = grown_up();
  r.lend(std::as_bytes(std::span{stream}));
  return taken(r);
}

using words = std::vector<std::string>;

}  // namespace

TEST_CASE("W5: frames in parts come out whole, with what lies between their parts before them") {
  const auto large = parts_of(lane::bulk, tell("large"), 7);
  const auto other = parts_of(lane::ordinary, tell("other") + tell("and another"), 20);
  std::string stream;
  for (std::size_t i = 0; i < large.size() || i < other.size(); ++i) {
    stream += ping(i);
    if (i < large.size()) stream += large[i];
    if (i < other.size()) stream += other[i];
  }
  CHECK(taken_at_once(stream) ==
        words{"ping 0", "ping 1", "ping 2", "ping 3", "other", "and another", "ping 4", "large"});
}

TEST_CASE(
    "W5, F4: a row of frames cut anywhere, in a stream cut anywhere, gives the same frames, lent or fed") {
  const std::string row = tell("one") + ping(1) + tell("two");
  const words expected{"one", "ping 1", "two", "ping 2"};
  for (std::size_t piece = 1; piece <= row.size(); piece += 5) {
    const std::string stream = joined(parts_of(lane::ordinary, row, piece)) + ping(2);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      wire::frame_reader lent = grown_up(), fed = grown_up();
      words from_lent, from_fed;
      for (std::string_view bytes :
           {std::string_view{stream}.substr(0, cut), std::string_view{stream}.substr(cut)}) {
        std::string own{bytes};  // gone when the next one comes
        lent.lend(std::as_bytes(std::span{own}));
        for (auto& w : taken(lent)) from_lent.push_back(w);
        fed.feed(own);
        for (auto& w : taken(fed)) from_fed.push_back(w);
      }
      REQUIRE(from_lent == expected);
      REQUIRE(from_fed == expected);
      REQUIRE(lent.buffered() == 0);
    }
  }
}

TEST_CASE("R8: parts that do not fit are an error that says so, and final") {
  const auto first = [](lane in, std::uint64_t size, const std::string& carried) {
    return wire::part_front(in, size, carried.size(), true) + carried;
  };
  const auto next = [](lane in, const std::string& carried) {
    return wire::part_front(in, 0, carried.size(), false) + carried;
  };
  const std::string whole = tell("x");
  struct one {
    std::string stream, why;
  };
  std::string unknown_lane = first(lane::bulk, 10, "x");
  unknown_lane[wire::header_bytes] = 2;
  const one all[] = {
      {next(lane::ordinary, "x"), "a part of nothing"},
      {first(lane::ordinary, 10, "x") + next(lane::bulk, "x"), "a part of nothing"},
      {first(lane::bulk, 10, "x") + first(lane::bulk, 10, "x"), "a first part inside of what comes in parts"},
      {first(lane::bulk, 2, "xyz"), "a part is longer than what it is of"},
      {first(lane::bulk, 2, "x") + next(lane::bulk, "yz"), "a part is longer than what it is of"},
      {first(lane::bulk, 0, "x"), "a part is longer than what it is of"},
      {first(lane::bulk, 10, ""), "a part without a byte"},
      {first(lane::bulk, joined_max + 1, "x"),
       "a message of 1000001 bytes is larger than the limit of 1000000 on this connection"},
      {first(lane::bulk, ~std::uint64_t{0}, "x"),
       "a message of 18446744073709551615 bytes is larger than the limit of 1000000 on this connection"},
      {unknown_lane, "a part in the unknown lane 2"},
      {first(lane::bulk, 3, "abc"), "parts that make no whole frame"},
      {first(lane::bulk, whole.size() - 1, whole.substr(1)), "parts that make no whole frame"},
      {first(lane::bulk, first(lane::bulk, 1, "x").size(), first(lane::bulk, 1, "x")),
       "a frame of the kind 21 in parts"},
      {first(lane::bulk, 5, std::string(4, '\0') + "\x63"), "a frame of the kind 99 in parts"},
  };
  for (const one& bad : all) {
    CAPTURE(bad.why);
    CHECK(taken_at_once(ping(1) + bad.stream + ping(2)) == words{"ping 1", bad.why});
    wire::frame_reader r = grown_up();
    r.feed(bad.stream);
    (void)taken(r);
    CHECK(r.capacity() == 0);
    r.feed(ping(1));
    CHECK(taken(r) == words{bad.why});
  }
}

TEST_CASE("R6: before the handshake parts are bound by its limit") {
  wire::frame_reader r;
  r.feed(wire::part_front(lane::ordinary, limits::handshake_bytes_max + 1, 1, true) + "x");
  CHECK(taken(r) == words{"a message of 65537 bytes is larger than the limit of 65536 on this connection"});
}

TEST_CASE("F2, R8: memory for parts follows the bytes that arrived, and is given back behind the frames") {
  wire::frame_reader r = grown_up();
  const std::string carried(1000, 'x');
  std::size_t got = 0;
  for (int i = 0; i < 900; ++i) {
    r.feed(wire::part_front(lane::bulk, joined_max, carried.size(), i == 0) + carried);
    got += carried.size();
    REQUIRE(taken(r).empty());
    REQUIRE(r.capacity() <= 2 * got + 4096);
  }
  wire::frame_reader whole = grown_up();
  for (const auto& part : parts_of(lane::bulk, tell(std::string(500'000, 'x')), 50'000)) whole.feed(part);
  CHECK(taken(whole).size() == 1);
  CHECK(whole.capacity() <= 4096);
}

namespace {

// As a connection reads: what belongs to a part into its place, at most `once` bytes at a time.
words read_into_place(const std::string& stream, std::size_t once, std::size_t behind, wire::byte_room& spare,
                      std::size_t& placed) {
  wire::frame_reader r = grown_up();
  words out;
  std::string buffer;
  for (std::size_t at = 0; at < stream.size();) {
    const auto place = r.place();
    const std::size_t room = r.part_left() > 0 ? place.size() + behind : 65'536;
    const std::string_view got = std::string_view{stream}.substr(at, std::min(once, room));
    const std::size_t here = std::min(got.size(), place.size());
    if (here > 0) {
      std::memcpy(place.data(), got.data(), here);
      r.filled(here);
      placed += here;
    }
    buffer = got.substr(here);
    r.lend(std::as_bytes(std::span{buffer}), spare);
    at += got.size();
    for (auto& word : taken(r)) out.push_back(std::move(word));
  }
  CHECK(r.buffered() == 0);
  CHECK(r.capacity() <= 4096);
  return out;
}

}  // namespace

TEST_CASE("F5: parts that are read into their place make the same frames, however the stream is cut") {
  std::string large;
  for (int i = 0; i < 300'000; ++i) large += static_cast<char>('a' + i % 23);
  const auto bulk = parts_of(lane::bulk, tell(large), 50'000);
  const auto ordinary = parts_of(lane::ordinary, ping(3) + tell(large.substr(1)), 40'000);
  std::string stream = ping(1);
  for (std::size_t i = 0; i < std::max(bulk.size(), ordinary.size()); ++i) {
    if (i < bulk.size()) stream += bulk[i];
    if (i < ordinary.size()) stream += ordinary[i];
    stream += ping(4);
  }
  const words expected = taken_at_once(stream);
  CHECK(std::count(expected.begin(), expected.end(), large) == 1);
  for (const std::size_t once : {100, 4'095, 4'096, 10'007, 65'536, 1'000'000}) {
    for (const std::size_t behind : {1, 6, 4'096}) {
      CAPTURE(once);
      CAPTURE(behind);
      wire::byte_room spare;
      std::size_t placed = 0;
      CHECK(read_into_place(stream, once, behind, spare, placed) == expected);
      CHECK(placed > 100'000);
    }
  }
}

TEST_CASE(
    "F6: what a row of parts has filled serves the next one, and a very large one's memory is not kept") {
  wire::byte_room spare;
  std::size_t placed = 0;
  std::string stream;
  for (const auto& part : parts_of(lane::bulk, tell(std::string(500'000, 'x')), 50'000)) stream += part;
  CHECK(read_into_place(stream, 65'536, 4'096, spare, placed).size() == 1);
  CHECK(spare.capacity() >= 500'000);
  CHECK(spare.capacity() <= 600'000);
  const char* const memory = spare.bytes().data();
  CHECK(read_into_place(stream, 65'536, 4'096, spare, placed) == words{std::string(500'000, 'x')});
  CHECK(spare.bytes().data() == memory);

  wire::frame_reader r;
  r.raise_limit(wire::header_bytes + wire::part_bytes_max + 100, 10'000'000);
  for (const auto& part : parts_of(lane::bulk, tell(std::string(5'000'000, 'y')), 60'000)) {
    r.lend(std::as_bytes(std::span{part}), spare);
    for (auto next = r.next(); next && *next; next = r.next()) CHECK((*next)->body.size() > 5'000'000);
  }
  CHECK(r.capacity() <= 4096);
  CHECK(spare.capacity() <= 2u << 20);
}

TEST_CASE("F2, F6: a row that breaks off in the middle of a part leaves nothing behind") {
  wire::byte_room spare;
  wire::frame_reader r = grown_up();
  const std::string begun = wire::part_front(lane::bulk, joined_max, 50'000, true) + std::string(10, 'x');
  r.lend(std::as_bytes(std::span{begun}), spare);
  CHECK(taken(r).empty());
  const auto place = r.place();
  CHECK(place.size() == 50'000 - 10);
  CHECK(r.capacity() <= 2 * wire::part_bytes_max);
  r.filled(place.size());
  const std::string broken{"\xff\xff\xff\xff\x01", 5};
  r.lend(std::as_bytes(std::span{broken}), spare);
  CHECK(taken(r).back().find("larger than the limit") != std::string::npos);
  CHECK(r.capacity() == 0);
  CHECK(r.place().empty());
}

TEST_CASE("F7: the body of what came in parts can be kept, and the next row does not write into it") {
  wire::byte_room spare;
  wire::frame_reader r = grown_up();
  std::vector<std::pair<std::shared_ptr<const void>, std::string_view>> kept;
  std::vector<std::string> expected;
  for (int i = 0; i < 6; ++i) {
    CAPTURE(i);
    const std::string payload(static_cast<std::size_t>(200'000 + i % 3 * 1000), static_cast<char>('a' + i));
    const std::string stream = joined(parts_of(lane::ordinary, tell(payload), 60'000)) + ping(1);
    r.lend(std::as_bytes(std::span{stream}), spare);
    const auto next = r.next();
    REQUIRE(next.has_value());
    REQUIRE(next->has_value());
    const std::string_view body = wire::tell::decode((*next)->body)->payload;
    if (i == 2) {
      CHECK(r.keep(body.size() / 3) == nullptr);  // not worth it
    } else {
      auto owner = r.keep(body.size());
      REQUIRE(owner != nullptr);
      CHECK(r.keep(body.size()) == owner);
      kept.emplace_back(std::move(owner), body);
      expected.push_back(payload);
    }
    CHECK(taken(r) == words{"ping 1"});
    CHECK(r.keep(body.size()) == nullptr);  // a ping did not come in parts
    CHECK((spare.capacity() > 0) == (i == 2));
  }
  for (std::size_t i = 0; i < kept.size(); ++i) CHECK(kept[i].second == expected[i]);
}

TEST_CASE(
    "F2, F7: a row begins in as much memory as one that was kept before had, and no row does without that") {
  const auto capacity_after_first_part = [](bool after_kept, std::size_t size) {
    wire::byte_room spare;
    wire::frame_reader r = grown_up();
    if (after_kept) {
      const std::string row = joined(parts_of(lane::bulk, tell(std::string(300'000, 'x')), 60'000));
      r.lend(std::as_bytes(std::span{row}), spare);
      REQUIRE(r.next()->has_value());
      REQUIRE(r.keep(300'000) != nullptr);
      REQUIRE_FALSE(r.next()->has_value());
    }
    const std::string first = parts_of(lane::bulk, tell(std::string(size, 'x')), 50'000)[0];
    r.lend(std::as_bytes(std::span{first}), spare);
    REQUIRE_FALSE(r.next()->has_value());
    return r.capacity();
  };
  CHECK(capacity_after_first_part(false, 300'000) <= 100'000);
  CHECK(capacity_after_first_part(true, 300'000) >= 300'000);
  CHECK(capacity_after_first_part(true, 900'000) < 302'000);  // not what this one says of itself
}

TEST_CASE("R8: random parts end in frames or in an error, never in a crash") {
  prng random{0xbeef};
  for (int round = 0; round < 2000; ++round) {
    wire::frame_reader r = grown_up();
    for (int piece = 0; piece < 20; ++piece) {
      std::string bytes;
      const std::string carried = random.below(2) ? tell("x") : std::string(1 + random.below(40), 'y');
      bytes = wire::part_front(static_cast<lane>(random.below(2)), 1 + random.below(60), carried.size(),
                               random.below(2) == 0) +
              carried;
      if (random.below(8) == 0) bytes[random.below(bytes.size())] = static_cast<char>(random.next());
      r.lend(std::as_bytes(std::span{bytes}));
      for (auto next = r.next();; next = r.next())
        if (!next || !*next) break;
    }
  }
}

TEST_CASE("W6: a route with any bit changed is no route") {
  std::string frame;
  wire::route{300, "/user/a", 7}.encode(frame);
  const std::string body = frame.substr(wire::header_bytes);
  REQUIRE(wire::route::decode(body).has_value());
  for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
    std::string changed = body;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    CHECK_FALSE(wire::route::decode(changed).has_value());
  }
}

TEST_CASE("W4: routes keep their bounds") {
  const auto body_of = [](const wire::route& r) {
    std::string out;
    r.encode(out);
    return out.substr(wire::header_bytes);
  };
  const wire::route last{wire::routes_max - 1, "17/user/bank", 99};
  const std::string body = body_of(last);
  CHECK(wire::route::decode(body).value() == last);
  for (std::size_t n = 0; n < body.size(); ++n)
    CHECK_FALSE(wire::route::decode(body.substr(0, n)).has_value());
  CHECK_FALSE(wire::route::decode(body + "x").has_value());
  CHECK(wire::route::decode(body_of({wire::routes_max, "/a", 1})).error().text ==
        "the body of a frame of kind route does not decode: a route's number is too large");
  CHECK(wire::route::decode(body_of({1, std::string(wire::route_path_bytes_max + 1, 'p'), 1})).error().text ==
        "the body of a frame of kind route does not decode: a route's path is empty or too long");
  CHECK_FALSE(wire::route::decode(body_of({1, "", 1})).has_value());
}

TEST_CASE("the bytes of routes, of what uses them and of parts are pinned") {
  const auto hex = [](std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
  };
  std::string route;
  wire::route{300, "/a", 7}.encode(route);
  CHECK(hex(route) ==
        "11000000"
        "12"
        "ac02"
        "022f61"
        "0700000000000000"
        "69cd4a6a");
  wire::message_front tells, asks, replies;
  tells.routed_tell(300, 9, 3);
  CHECK(hex(tells.bytes()) ==
        "0d000000"
        "13"
        "ac02"
        "0900000000000000");
  asks.routed_ask(300, 1us, 5, 9, 3);
  CHECK(hex(asks.bytes()) ==
        "10000000"
        "14"
        "ac02"
        "e807"
        "05"
        "0900000000000000");
  replies.reply(300, 7, 3);
  CHECK(hex(replies.bytes()) ==
        "0d000000"
        "08"
        "ac02"
        "0700000000000000");
  CHECK(hex(wire::part_front(lane::bulk, 300, 3, true)) ==
        "0c000000"
        "15"
        "01"
        "2c01000000000000");
  CHECK(hex(wire::part_front(lane::ordinary, 300, 3, false)) ==
        "04000000"
        "16"
        "00");
}

TEST_CASE("what is written in front of a payload decodes as what it says, for any numbers") {
  prng random{3};
  const std::uint64_t numbers[] = {0, 1, 127, 128, 300, 1u << 21, ~std::uint64_t{0}};
  for (const std::uint64_t request : numbers)
    for (const std::uint64_t cause : numbers)
      for (const std::uint32_t route : {0u, 1u, 127u, 128u, wire::routes_max - 1}) {
        const std::string payload(random.below(300), 'x');
        const wire::trace t{request, cause | 1, 7, 1};
        const duration left{static_cast<duration::rep>(cause >> 1)};
        wire::message_front asks, tells, replies;
        asks.trace(t);
        asks.routed_ask(request, left, route, cause, payload.size());
        tells.routed_tell(route, cause, payload.size());
        replies.reply(request, cause, payload.size());
        CHECK(asks.bytes().size() <= wire::message_front::bytes_max);
        wire::frame_reader r = grown_up();
        r.feed(std::string{asks.bytes()} + payload + std::string{tells.bytes()} + payload +
               std::string{replies.bytes()} + payload);
        REQUIRE(wire::trace::decode(r.next().value()->body).value() == t);
        REQUIRE(wire::routed_ask::decode(r.next().value()->body).value() ==
                wire::routed_ask{request, left, route, cause, payload});
        REQUIRE(wire::routed_tell::decode(r.next().value()->body).value() ==
                wire::routed_tell{route, cause, payload});
        REQUIRE(wire::reply::decode(r.next().value()->body).value() == wire::reply{request, cause, payload});
      }
  wire::message_front negative;
  negative.routed_ask(1, -1s, 0, 0, 0);
  CHECK(wire::routed_ask::decode(negative.bytes().substr(wire::header_bytes)).value().time_left == 0s);
}

}  // namespace wire_parts_test
