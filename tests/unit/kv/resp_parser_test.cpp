#include <doctest/doctest.h>

#include <cstddef>
#include <kv/resp/parser.hpp>
#include <string>
#include <string_view>
#include <troupe/base/prng.hpp>
#include <vector>

namespace kv_resp_parser_test {

using kv::resp::parsed;
using kv::resp::parser;
using kv::resp::parser_limits;

namespace {

using command = std::vector<std::string>;

// All that a stream says: its commands, then its error if it has one.
struct transcript {
  std::vector<command> commands;
  std::string error;

  friend bool operator==(const transcript&, const transcript&) = default;
};

void drain(parser& p, transcript& out) {
  for (;;) {
    switch (p.next()) {
      case parsed::need_more:
        return;
      case parsed::failed:
        out.error = p.error();
        return;
      case parsed::command:
        out.commands.emplace_back(p.arguments().begin(), p.arguments().end());
    }
  }
}

transcript read_in_pieces(std::string_view stream, const std::vector<std::size_t>& cuts,
                          parser_limits limits = {}) {
  parser p(limits);
  transcript out;
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    // A copy of just these bytes, so that a sanitizer sees a read beyond them.
    const std::string piece(stream.substr(from, cut - from));
    p.feed(piece);
    drain(p, out);
    from = cut;
  }
  p.feed(stream.substr(from));
  drain(p, out);
  return out;
}

transcript read_whole(std::string_view stream, parser_limits limits = {}) {
  return read_in_pieces(stream, {}, limits);
}

std::string bulk(std::string_view bytes) {
  return "$" + std::to_string(bytes.size()) + "\r\n" + std::string(bytes) + "\r\n";
}

std::string error_of(std::string_view stream, parser_limits limits = {}) {
  const transcript t = read_whole(stream, limits);
  CHECK(t.commands.empty());
  return t.error;
}

using namespace std::string_view_literals;

// Streams that between them take every branch of the parser.
const std::vector<std::string_view> streams = {
    "*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$6\r\na\r\n\0b\n\r\nPING\r\n*1\r\n$0\r\n\r\n"sv,
    "PING\r\n  ECHO \"a \\x41\\n\\\"\" 'it\\'s' x\"y z\"\n\r\n*0\r\n*-1\r\n\nQUIT\r\n",
    "*2\r\n$4\r\nECHO\r\n$-1\r\nPING\r\n",
    "*1\r\n$4\r\nPINGxx*1\r\n",
    "*1\r\n$4\r\nPING\rx",
    "*1\r\nx",
    "*x\r\n",
    "*1\rx",
    "PING\r\n*99999999999999999999\r\n",
    "PING 'a\r\nPING\r\n",
    "PING \"a\"b\r\nPING\r\n",
    "*12345678901234567890123456789012345\r\n",
    "*1\r\n$12345678901234567890123456789012345\r\n",
    "\r\r\nPING\r\r\n",
};

}  // namespace

TEST_CASE("P1: every single cut of a stream gives the same commands and the same error") {
  for (const auto stream : streams) {
    const transcript whole = read_whole(stream);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      CAPTURE(stream);
      CAPTURE(cut);
      CHECK(read_in_pieces(stream, {cut}) == whole);
    }
  }
}

TEST_CASE("P1: a stream that comes byte by byte gives the same commands and the same error") {
  for (const auto stream : streams) {
    std::vector<std::size_t> cuts;
    for (std::size_t i = 1; i < stream.size(); ++i) cuts.push_back(i);
    CAPTURE(stream);
    CHECK(read_in_pieces(stream, cuts) == read_whole(stream));
  }
}

TEST_CASE("P1: limits are met at the same byte however the stream is cut") {
  const parser_limits limits{
      .arguments_max = 2, .bulk_bytes_max = 3, .command_bytes_max = 24, .inline_bytes_max = 5};
  for (const auto stream :
       {"12345\r\n"sv, "12345\n"sv, "123456\n"sv, "123456"sv, "1234\r\r\n"sv, "12345\r\r\n"sv, "12345\r6"sv,
        "a b\r\na b c\r\n"sv, "*3\r\n"sv, "*2\r\n$3\r\nabc\r\n$3\r\nabc\r\n"sv,
        "*2\r\n$1\r\na\r\n$3\r\nabc\r\nPING\n"sv, "*1\r\n$4\r\n"sv}) {
    const transcript whole = read_whole(stream, limits);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      CAPTURE(stream);
      CAPTURE(cut);
      CHECK(read_in_pieces(stream, {cut}, limits) == whole);
    }
  }
}

TEST_CASE("arrays of bulk strings carry any bytes, and pipelined ones come in order") {
  const transcript t = read_whole(streams[1]);
  CHECK(t.error.empty());
  REQUIRE(t.commands.size() == 3);
  CHECK(t.commands[0] == command{"SET", "k", std::string("a\r\n\0b\n", 6)});
  CHECK(t.commands[1] == command{"PING"});
  CHECK(t.commands[2] == command{""});
}

TEST_CASE("inline requests are split and unquoted as Redis does") {
  const transcript t = read_whole(streams[2]);
  CHECK(t.error.empty());
  REQUIRE(t.commands.size() == 3);
  CHECK(t.commands[0] == command{"PING"});
  CHECK(t.commands[1] == command{"ECHO", "a A\n\"", "it's", "xy z"});
  CHECK(t.commands[2] == command{"QUIT"});

  CHECK(read_whole("ECHO \"a\\x41\\n\\q\\\"\"\r\n").commands[0][1] == "aA\nq\"");
  CHECK(read_whole("ECHO 'a\\'b \\n'\r\n").commands[0][1] == "a'b \\n");
  CHECK(read_whole("ECHO \"\\xg1\"\r\n").commands[0][1] == "xg1");
  CHECK(read_whole("ECHO \"\\t\\b\\a\\r\\\\\"\r\n").commands[0][1] == "\t\b\a\r\\");
  CHECK(read_whole("ECHO \"\"\r\n").commands[0] == command{"ECHO", ""});
  CHECK(read_whole("ECHO a\tb\r\n").commands[0] == command{"ECHO", "a", "b"});
  CHECK(read_whole(std::string_view("ECHO a\0b\r\n", 10)).commands[0][1] == std::string_view("a\0b", 3));
}

TEST_CASE("a wrong request gets the error that Redis words for it") {
  for (const auto count : {"x", "+1", "01", " 1", "1 ", "", "-", "-0", "00", "2147483648",
                           "99999999999999999999", "-99999999999999999999", "0x1", "1.0", "65537"}) {
    CAPTURE(count);
    CHECK(error_of("*" + std::string(count) + "\r\n") == "Protocol error: invalid multibulk length");
  }
  for (const auto size :
       {"x", "+1", "01", "-1", "-0", "", "16777217", "1073741824", "4294967296", "9223372036854775807",
        "9223372036854775808", "18446744073709551616", "-9223372036854775808"}) {
    CAPTURE(size);
    CHECK(error_of("*1\r\n$" + std::string(size) + "\r\n") == "Protocol error: invalid bulk length");
  }
  CHECK(error_of("*1\r\nx") == "Protocol error: expected '$', got 'x'");
  CHECK(error_of("*1\r\n\r\n") == "Protocol error: expected '$', got '\\x0d'");
  CHECK(error_of(std::string_view("*1\r\n\0", 5)) == "Protocol error: expected '$', got '\\x00'");
  CHECK(error_of("*1\r\n\xff") == "Protocol error: expected '$', got '\\xff'");
  CHECK(error_of("ECHO \"a\r\n") == "Protocol error: unbalanced quotes in request");
  CHECK(error_of("ECHO 'a\r\n") == "Protocol error: unbalanced quotes in request");
  CHECK(error_of("ECHO \"a\"b\r\n") == "Protocol error: unbalanced quotes in request");
  CHECK(error_of("ECHO \"a\\") == "");
  CHECK(error_of("ECHO \"a\\\r\n") == "Protocol error: unbalanced quotes in request");
  CHECK(error_of(std::string(70'000, 'A')) == "Protocol error: too big inline request");
  CHECK(error_of("*" + std::string(70'000, '1')) == "Protocol error: too big mbulk count string");
  CHECK(error_of("*1\r\n$" + std::string(70'000, '1')) == "Protocol error: too big bulk count string");
  CHECK(error_of("*1\r\n$4\r\nPINGx") == "Protocol error: expected CRLF after a bulk");
  CHECK(error_of("*1\r\n$4\r\nPINGx\n") == "Protocol error: expected CRLF after a bulk");
  CHECK(error_of("*1\r\n$4\r\nPING\rx") == "Protocol error: expected CRLF after a bulk");
  CHECK(error_of("*1\rx") == "Protocol error: invalid multibulk length");
  CHECK(error_of("*1\r\n$4\rx") == "Protocol error: invalid bulk length");
}

TEST_CASE("P2, P3: a header of 1 GiB is refused at once and costs nothing") {
  parser p;
  p.feed("*2\r\n$3\r\nGET\r\n$1073741824\r\n");
  CHECK(p.next() == parsed::failed);
  CHECK(p.error() == "Protocol error: invalid bulk length");
  CHECK(p.buffered_bytes() < 256);
}

TEST_CASE("P2: announcing the most that is allowed allocates nothing for it") {
  parser p;
  p.feed("*65536\r\n$16777216\r\n");
  CHECK(p.next() == parsed::need_more);
  CHECK(p.buffered_bytes() < 256);
  p.feed(std::string(1000, 'x'));
  CHECK(p.next() == parsed::need_more);
  CHECK(p.buffered_bytes() < 4096);
}

TEST_CASE(
    "P3: the bytes of one command are bounded over all its arguments, when the last of them is announced") {
  const parser_limits limits{.bulk_bytes_max = 100, .command_bytes_max = 300};
  parser p(limits);
  p.feed("*4\r\n");
  for (int i = 0; i < 2; ++i) {
    p.feed(bulk(std::string(100, 'x')));
    CHECK(p.next() == parsed::need_more);
  }
  p.feed("$100\r\n");
  CHECK(p.next() == parsed::failed);
  CHECK(p.error() == "Protocol error: command larger than 300 bytes");

  // The bound is for each command, not for the connection.
  std::string many;
  for (int i = 0; i < 20; ++i) many += "*2\r\n" + bulk(std::string(100, 'x')) + bulk(std::string(100, 'y'));
  const transcript t = read_whole(many, limits);
  CHECK(t.error.empty());
  CHECK(t.commands.size() == 20);
}

TEST_CASE("P3: the largest sizes that are allowed are read, and one more is refused") {
  const parser_limits limits{.arguments_max = 3, .bulk_bytes_max = 10, .inline_bytes_max = 8};
  CHECK(read_whole("*3\r\n" + bulk("a") + bulk("0123456789") + bulk(""), limits).commands.size() == 1);
  CHECK(error_of("*4\r\n", limits) == "Protocol error: invalid multibulk length");
  CHECK(error_of("*1\r\n$11\r\n", limits) == "Protocol error: invalid bulk length");
  CHECK(read_whole("12345678\r\n", limits).commands.size() == 1);
  CHECK(error_of("123456789\r\n", limits) == "Protocol error: too big inline request");
  CHECK(read_whole("1 2 3\r\n", limits).commands.size() == 1);
  CHECK(error_of("1 2 3 4\r\n", limits) == "Protocol error: too big inline request");
}

TEST_CASE("P4: after an error the parser is dead and holds nothing") {
  parser p;
  p.feed("*1\r\n" + bulk(std::string(100'000, 'x')) + "*x\r\n");
  CHECK(p.next() == parsed::command);
  CHECK(p.next() == parsed::failed);
  CHECK(p.arguments().empty());
  const std::string why(p.error());
  for (int i = 0; i < 100; ++i) p.feed(std::string(100'000, 'x') + "\r\nPING\r\n");
  CHECK(p.next() == parsed::failed);
  CHECK(p.error() == why);
  CHECK(p.buffered_bytes() < 256);
}

TEST_CASE("a connection that has been answered gives its memory back") {
  parser p;
  const std::string big = "*2\r\n" + bulk("ECHO") + bulk(std::string(1 << 20, 'x'));
  p.feed(big);
  CHECK(p.next() == parsed::command);
  CHECK(p.arguments()[1].size() == 1u << 20);
  CHECK(p.next() == parsed::need_more);
  CHECK(p.buffered_bytes() <= 4096);

  std::string many = "*1000\r\n";
  for (int i = 0; i < 1000; ++i) many += bulk("k");
  p.feed(many);
  CHECK(p.next() == parsed::command);
  CHECK(p.arguments().size() == 1000);
  CHECK(p.next() == parsed::need_more);
  CHECK(p.buffered_bytes() <= 4096);
}

TEST_CASE("P5: what has been read is dropped, so a long pipeline does not pile up") {
  parser p;
  const std::string one = "*3\r\n" + bulk("SET") + bulk("key") + bulk(std::string(100, 'v'));
  // Each piece ends in the middle of a command, so the buffer is never empty.
  p.feed(std::string_view(one).substr(0, 50));
  std::size_t most = 0;
  for (int i = 0; i < 10'000; ++i) {
    p.feed(std::string_view(one).substr(50));
    p.feed(std::string_view(one).substr(0, 50));
    REQUIRE(p.next() == parsed::command);
    REQUIRE(p.arguments()[2].size() == 100);
    REQUIRE(p.next() == parsed::need_more);
    most = std::max(most, p.buffered_bytes());
  }
  CHECK(most < 2048);
}

TEST_CASE("P2: memory follows the bytes that have arrived, within a small factor") {
  parser p;
  p.feed("*60000\r\n");
  std::size_t arrived = 8;
  std::string some;
  for (int i = 0; i < 100; ++i) some += "$0\r\n\r\n";
  for (int i = 0; i < 599; ++i) {
    p.feed(some);
    arrived += some.size();
    REQUIRE(p.next() == parsed::need_more);
    REQUIRE(p.buffered_bytes() <= 6 * arrived + 1024);
  }
  p.feed(some);
  CHECK(p.next() == parsed::command);
  CHECK(p.arguments().size() == 60'000);
}

TEST_CASE("garbage never gets further than an error or a wait, within its memory") {
  constexpr std::string_view alphabet = "*$\r\n0123-x \"'\\\0P"sv;
  const parser_limits limits{
      .arguments_max = 16, .bulk_bytes_max = 64, .command_bytes_max = 256, .inline_bytes_max = 64};
  troupe::prng random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string stream;
    const auto size = random.below(120);
    while (stream.size() < size) {
      switch (random.below(4)) {
        case 0:
          stream += "*" + std::to_string(random.below(4)) + "\r\n";
          break;
        case 1:
          stream += bulk(std::string(random.below(9), 'v'));
          break;
        default:
          stream.push_back(alphabet[random.below(alphabet.size())]);
      }
    }
    std::vector<std::size_t> cuts;
    for (std::size_t at = random.below(9); at < stream.size(); at += 1 + random.below(9)) cuts.push_back(at);
    const transcript whole = read_whole(stream, limits);
    CAPTURE(stream);
    REQUIRE(read_in_pieces(stream, cuts, limits) == whole);
    for (const command& c : whole.commands) {
      REQUIRE(!c.empty());
      REQUIRE(c.size() <= limits.arguments_max);
    }
  }
}

TEST_CASE("CN7: what a large command needed is given back although the next one has begun to arrive") {
  parser p;
  const std::string large = "*3\r\n$3\r\nSET\r\n" + bulk("k") + bulk(std::string(1u << 20, 'v'));
  p.feed(large + "*2\r\n$3\r\nGET\r\n$5\r\nla");
  REQUIRE(p.next() == parsed::command);
  CHECK(p.unread_bytes() == 19);
  REQUIRE(p.next() == parsed::need_more);
  CHECK(p.buffered_bytes() < 4096);
  p.feed("rge\r\n");
  REQUIRE(p.next() == parsed::command);
  CHECK(p.arguments().back() == "large");
  CHECK(p.unread_bytes() == 0);
}

}  // namespace kv_resp_parser_test
