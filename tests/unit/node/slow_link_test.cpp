// A link whose peer has much to say over a network that is slow (PL16, K6, DL7).
#include <troupe/delivery/send_queue.hpp>
#include <troupe/wire/system_bodies.hpp>

#include "unit/node/scripted_link.hpp"

namespace node_slow_link_test {

using namespace troupe;
using namespace scripted_test;
using wire::frame_kind;

namespace {

/// An answer that nobody waits for any more, of so many bytes, as it leaves: in parts.
std::string large(std::size_t bytes) {
  std::string frame;
  REQUIRE(wire::reply{77, 1, std::string(bytes, 'x')}.encode(frame));
  send_queue queue;
  queue.cut(true);
  queue.add(wire::lane::bulk, std::move(frame), 0);
  std::string out;
  for (auto pieces = queue.next(); !pieces.empty(); pieces = queue.next()) {
    out += pieces.front();
    queue.wrote(pieces.front().size());
  }
  return out;
}

}  // namespace

TEST_CASE("PL16, K6: a large answer over a slow network is a sign of life all the time that it takes") {
  dialler n1;
  const std::string answer = large(1u << 20);
  constexpr std::size_t step = 16u << 10;
  for (std::size_t at = 0; at < answer.size(); at += step) {  // a minute
    n1.far->send(answer.substr(at, step));
    n1.sys.advance(1s);
    REQUIRE_MESSAGE(n1.link->status().reachable, n1.lost.at(0));
  }
  // What comes behind it is understood.
  n1.far->send(bytes_of(wire::goodbye{"that was all"}));
  n1.sys.settle();
  REQUIRE(n1.lost.size() == 1);
  CHECK(n1.lost[0] == "n2 said goodbye: that was all");
}

TEST_CASE(
    "PL16: what comes behind a length that was spoilt is no sign of life, as long as nothing of it is "
    "whole") {
  dialler n1;
  std::string spoilt = large(1000);  // a frame of 16 MiB, as far as anybody can tell
  spoilt.replace(0, 4, std::string{"\0\0\0\1", 4});
  n1.far->send(spoilt);
  for (int i = 0; i < 30 && n1.link->status().reachable; ++i) {
    n1.far->send(bytes_of(wire::pong{1}) + std::string(500, 'x'));
    n1.sys.advance(500ms);
  }
  CHECK_FALSE(n1.link->status().reachable);
  REQUIRE(n1.lost.size() == 1);
  CHECK(n1.lost[0].starts_with("nothing was heard of n2 for "));
}

TEST_CASE("K6: one that stops in the middle of its answer is silent from there on") {
  dialler n1;
  n1.far->send(large(1u << 20).substr(0, 100'000));
  n1.sys.advance(11s);
  CHECK_FALSE(n1.link->status().reachable);
  REQUIRE(n1.lost.size() == 1);
  CHECK(n1.lost[0].starts_with("nothing was heard of n2 for "));
}

}  // namespace node_slow_link_test
