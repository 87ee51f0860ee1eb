// Replies of a pipeline: their order, and what their requests count meanwhile.
#include <doctest/doctest.h>

#include <kv/service/reply_queue.hpp>

namespace kv_reply_queue_test {

using kv::reply_queue;

TEST_CASE("replies leave in the order of their requests, whatever the order they come in") {
  reply_queue q;
  std::string out;
  const auto a = q.open(1), b = q.open(1), c = q.open(1);
  q.fill(c, "c");
  q.fill(b, "b");
  q.move_ready_to(out);
  CHECK(out.empty());
  CHECK(q.size() == 3);
  q.fill(a, "a");
  q.move_ready_to(out);
  CHECK(out == "abc");
  CHECK(q.empty());
  // Long pipelines with one slow request in front: tickets stay right when places are given up.
  std::string expected;
  for (int round = 0; round < 50; ++round) {
    const auto slow = q.open(1);
    for (int i = 0; i < 20; ++i) q.fill(q.open(1), "x");
    q.fill(slow, "s");
    const auto last = q.open(1);
    q.move_ready_to(out);
    q.fill(last, "l");
    expected += "s" + std::string(20, 'x') + "l";
  }
  q.move_ready_to(out);
  CHECK(out == "abc" + expected);
  CHECK(q.empty());
}

TEST_CASE("SE1: a request's bytes count until its reply is there, its weight until the reply has left") {
  reply_queue q;
  const auto large = q.open(1000, 16), small = q.open(10);
  CHECK(q.bytes_under_way() == 1010);
  CHECK(q.weight() == 17);
  CHECK(q.fill(small, "s") == 10);
  CHECK(q.bytes_under_way() == 1000);
  CHECK(q.weight() == 17);
  CHECK(q.fill(large, "l") == 1000);
  CHECK(q.bytes_under_way() == 0);
  std::string out;
  q.move_ready_to(out);
  CHECK(q.weight() == 0);
}

}  // namespace kv_reply_queue_test
