#include <doctest/doctest.h>

#include <chrono>
#include <kv/verify/board.hpp>
#include <kv/verify/options.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace kv_verify_options_test {

using namespace kv::verify;
using namespace std::chrono_literals;

namespace {

troupe::result<options> parse(std::vector<std::string_view> arguments) { return parse_options(arguments); }

std::string refusal(std::vector<std::string_view> arguments) {
  const auto o = parse_options(arguments);
  REQUIRE(o.has_error());
  CHECK(o.error().code == troupe::errc::invalid);
  return o.error().text;
}

}  // namespace

TEST_CASE("every option of kv_verify is read") {
  const auto o = parse({"--nodes", "127.0.0.1:7001,n2:7002", "--seconds", "0", "--clients", "8", "--keys",
                        "90", "--journal", "acks.log", "--settle", "7", "--timeout", "250", "--seed", "42"});
  REQUIRE(o.has_value());
  CHECK(o->nodes == std::vector<address>{{"127.0.0.1", 7001}, {"n2", 7002}});
  CHECK(o->load == 0s);
  CHECK(o->clients == 8);
  CHECK(o->keys == 90);
  CHECK(o->journal == "acks.log");
  CHECK(o->settle == 7s);
  CHECK(o->timeout == 250ms);
  CHECK(o->seed == 42);
  CHECK_FALSE(o->help);
  CHECK(parse({"--help"}).value().help);
}

TEST_CASE("a wrong command line names the argument and what is allowed") {
  CHECK(refusal({}) == "--nodes is missing; write --nodes host:port,host:port");
  CHECK(refusal({"--node", "a:1"}) == "unknown argument '--node'; see kv_verify --help");
  CHECK(refusal({"--nodes"}) == "--nodes: a value must follow");
  for (const auto nodes : {"a", ":1", "a:", "a:0", "a:65536", "a:1,", "a:1,,b:2", "", "a:x"}) {
    CAPTURE(nodes);
    CHECK(refusal({"--nodes", nodes}).find("is not host:port; write host:port,host:port") !=
          std::string::npos);
  }
  CHECK(refusal({"--clients", "0"}) == "--clients: '0' is not a whole number from 1 to 1000");
  CHECK(refusal({"--seconds", "1.5"}) == "--seconds: '1.5' is not a whole number from 0 to 86400");
  CHECK(refusal({"--keys", "-1"}).starts_with("--keys: '-1'"));
}

TEST_CASE("the line of a second says what was served, the longest delay and the errors by kind") {
  board b;
  b.count(ending::answered, 3ms);
  b.count(ending::answered, 41ms);
  b.count(ending::closed, 900ms);  // not a delay of something that was served
  b.count(ending::unavailable, 1ms);
  b.count(ending::unavailable, 1ms);
  const figures first = b.take();
  CHECK(describe_second(12, first) == "t 12 s: 2 ops/s, longest 41 ms, errors: closed 1, UNAVAILABLE 2");
  b.count(ending::answered, 5ms);
  figures all = b.take();
  CHECK(describe_second(13, all) == "t 13 s: 1 ops/s, longest 5 ms, errors: none");
  all.add(first);
  CHECK(all.longest == 41ms);
  CHECK(all.endings[static_cast<std::size_t>(ending::answered)] == 3);
}

}  // namespace kv_verify_options_test
