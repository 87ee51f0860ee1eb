#include <doctest/doctest.h>

#include <string>
#include <troupe/link/handshake_guard.hpp>
#include <troupe/wire/frame_reader.hpp>

namespace link_handshake_guard_test {

using namespace troupe;
using namespace troupe::literals;

namespace {

const node_identity n2{.name = "n2", .incarnation = 22, .capabilities = 3, .heartbeat_interval = 250ms};

wire::hello some_hello() {
  return {.capabilities = 6, .node = "n1", .incarnation = 11, .target = "n2", .heartbeat_interval = 500ms};
}

// "admitted", or the code and text of the reject.
std::string verdict(const handshake_answer& answer) {
  if (const auto* no = std::get_if<wire::reject>(&answer))
    return std::string{to_string(no->code)} + ": " + no->text;
  return "admitted";
}

template <class Change>
std::string verdict_after(Change change) {
  wire::hello h = some_hello();
  change(h);
  return verdict(judge_hello(n2, h));
}

}  // namespace

TEST_CASE("R2: the right hello is welcomed with who we are and what both can do") {
  const auto answer = judge_hello(n2, some_hello());
  const auto* in = std::get_if<admission>(&answer);
  REQUIRE(in != nullptr);
  CHECK(in->peer == some_hello());
  CHECK(in->answer ==
        wire::welcome{.capabilities = 2, .node = "n2", .incarnation = 22, .heartbeat_interval = 250ms});
}

TEST_CASE("a hello without a target is for whoever answers") {
  CHECK(verdict_after([](auto& h) { h.target = ""; }) == "admitted");
}

TEST_CASE("R2: every wrong hello is rejected with a reason and a fix") {
  CHECK(verdict_after([](auto& h) { h.magic = 0; }) ==
        "invalid: this is a node of troupe, and that was no hello of one");
  CHECK(verdict_after([](auto& h) { h.version = 9; }) ==
        "invalid: n2 speaks version 4 and you version 9; run the same release on both");
  CHECK(verdict_after([](auto& h) { h.node = "n2"; }) ==
        "already_exists: this node is called n2 as you are; give each node its own name");
  CHECK(verdict_after([](auto& h) { h.node = "n2", h.incarnation = 22; }) ==
        "already_exists: you are n2 yourself; correct the address you dial");
  CHECK(verdict_after([](auto& h) { h.target = "n3"; }) ==
        "not_found: this is n2 and not n3; correct the address or the name you dial");
  CHECK(verdict_after([](auto& h) { h.heartbeat_interval = 0s; }) ==
        "invalid: the heartbeat interval must be more than 0");
}

TEST_CASE("H2: the first check that fails is the answer: nothing of a stranger's hello is looked at") {
  CHECK(verdict_after([](auto& h) { h.magic = 0, h.version = 9, h.target = "n3"; }).find("no hello") !=
        std::string::npos);
  CHECK(verdict_after([](auto& h) { h.version = 9, h.target = "n3"; }).find("version 9") !=
        std::string::npos);
}

TEST_CASE("R2: an incarnation that was replaced is not let in") {
  const replaced_query query = [](std::string_view node, std::uint64_t incarnation) {
    return node == "n1" && incarnation == 11;
  };
  CHECK(verdict(judge_hello(n2, some_hello(), query)) ==
        "closed: this incarnation of n1 was replaced; two nodes called n1 must not run at the same time");
  wire::hello next = some_hello();
  next.incarnation = 12;
  CHECK(verdict(judge_hello(n2, next, query)) == "admitted");
}

TEST_CASE("R6: a guard admits a hello from its frame") {
  std::string bytes;
  some_hello().encode(bytes);
  wire::frame_reader reader;
  reader.feed(bytes);
  const handshake_guard guard{n2, time_point{}};
  CHECK(verdict(guard.on_frame(*reader.next().value())) == "admitted");
}

TEST_CASE("R6: any other first frame, and a hello that does not decode, is rejected") {
  const handshake_guard guard{n2, time_point{}};
  for (int kind = 2; kind <= 10; ++kind) {
    const auto k = static_cast<wire::frame_kind>(kind);
    CHECK(verdict(guard.on_frame({k, ""})) ==
          "decode_error: the first frame must be a hello, not " + std::string{to_string(k)});
  }
  CHECK(verdict(guard.on_frame({wire::frame_kind::hello, "TRPE"})) ==
        "decode_error: the body of a frame of kind hello does not decode: fewer bytes than announced");
  CHECK(verdict(guard.on_frame({wire::frame_kind::hello, "GET / HTTP/1.1"})).substr(0, 8) == "invalid:");
}

TEST_CASE("R6: before it is admitted a peer may cost 64 KiB and 5 s, to the byte and to the nanosecond") {
  handshake_guard guard{n2, time_point{1s}};
  CHECK(guard.bytes_left() == 65536);
  CHECK(guard.deadline() == time_point{6s});
  CHECK_FALSE(guard.on_time(time_point{6s - 1ns}).has_value());
  REQUIRE(guard.on_time(time_point{6s}).has_value());
  CHECK(guard.on_time(time_point{6s})->code == errc::timeout);
  CHECK(guard.on_time(time_point{6s})->text == "no hello within 5000 ms");

  CHECK_FALSE(guard.on_bytes(65535).has_value());
  CHECK_FALSE(guard.on_bytes(1).has_value());
  CHECK(guard.bytes_left() == 0);
  const auto over = guard.on_bytes(1);
  REQUIRE(over.has_value());
  CHECK(over->code == errc::overloaded);
  CHECK(over->text == "more than the 65536 bytes that a handshake may have");
}

TEST_CASE("R6: the limits are data: a stricter node states its own") {
  handshake_guard guard{n2, time_point{}, {.bytes = 100, .time = 1s}};
  CHECK(guard.deadline() == time_point{1s});
  CHECK(guard.on_bytes(101).has_value());
  CHECK(guard.bytes_left() == 0);
}

}  // namespace link_handshake_guard_test
