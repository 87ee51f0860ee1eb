// What is sent again, what is counted as lost, and what is handled once (DL1-DL6).
#include <doctest/doctest.h>

#include <string>
#include <troupe/base/prng.hpp>
#include <troupe/delivery/incoming.hpp>
#include <troupe/delivery/outgoing.hpp>
#include <troupe/delivery/overdue.hpp>
#include <vector>

namespace delivery_test {

using namespace troupe;

TEST_CASE("DL2: what the peer does not have is sent again in order, and what it has is not") {
  outgoing o{1000};
  for (const char* frame : {"a", "b", "c", "d"}) REQUIRE(o.keep(frame));
  CHECK(o.next_number() == 5);
  CHECK(o.acknowledged(1));
  std::string again;
  CHECK(o.go_on(2, 0, again) == 0);
  CHECK(again == "cd");
  CHECK(o.unacknowledged() == 2);
}

TEST_CASE("DL2: a peer that claims more than was sent, or less than it had, has forgotten us") {
  outgoing o{1000};
  o.keep("a");
  o.keep("b");
  o.count_message();
  o.acknowledged(1);
  CHECK(!o.goes_on(0, 0));
  CHECK(o.goes_on(1, 0));
  CHECK(o.goes_on(2, 1));
  CHECK(!o.goes_on(3, 0));
  CHECK(!o.goes_on(2, 2));
}

TEST_CASE("R8: an acknowledgement of what was never sent is refused, and changes nothing") {
  outgoing o{1000};
  o.keep("a");
  CHECK(!o.acknowledged(2));
  CHECK(o.unacknowledged() == 1);
  CHECK(o.acknowledged(1));
  CHECK(o.acknowledged(1));
}

TEST_CASE("M4, DL3: messages that a connection took with it are counted once") {
  outgoing o{1000};
  for (int i = 0; i < 10; ++i) o.count_message();
  std::string none;
  CHECK(o.go_on(0, 7, none) == 3);
  o.count_message();
  CHECK(o.go_on(0, 8, none) == 0);
}

TEST_CASE("DL4: what is kept has a bound, and room comes with acknowledgements") {
  outgoing o{10};
  CHECK(o.keep("123456"));
  CHECK(!o.keep("12345"));
  CHECK(o.next_number() == 2);
  CHECK(o.acknowledged(1));
  CHECK(o.keep("12345"));
}

TEST_CASE("DL5: a system frame is handled once, and counts as come when all before it have") {
  incoming i{1};
  CHECK(i.system_frame(0) == arrival::repeated);
  CHECK(i.system_frame(3) == arrival::fresh);
  CHECK(i.system_frames() == 0);
  CHECK(i.system_frame(3) == arrival::repeated);
  CHECK(i.system_frame(1) == arrival::fresh);
  CHECK(i.system_frame(1) == arrival::repeated);
  CHECK(i.system_frames() == 1);
  CHECK(i.system_frame(2) == arrival::fresh);
  CHECK(i.system_frames() == 3);
  CHECK(i.system_frame(3) == arrival::repeated);
}

TEST_CASE("DL5: numbers in any order are each handled once") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    prng random{seed};
    incoming i{1};
    std::vector<bool> come(200);
    for (int step = 0; step < 1000; ++step) {
      const std::uint64_t n = random.below(come.size());
      REQUIRE(i.system_frame(n + 1) == (come[n] ? arrival::repeated : arrival::fresh));
      come[n] = true;
      std::size_t all = 0;
      while (all < come.size() && come[all]) ++all;
      REQUIRE(i.system_frames() == all);
    }
  }
}

TEST_CASE("DL5, R8: what is missing is kept in mind for so many frames, and no more") {
  incoming i{1};
  for (std::uint64_t n = 0; n < incoming::runs_max; ++n) REQUIRE(i.system_frame(3 + 2 * n) == arrival::fresh);
  CHECK(i.system_frame(3 + 2 * incoming::runs_max) == arrival::gap);
  CHECK(i.system_frame(4) == arrival::fresh);  // joins two
  CHECK(i.system_frame(3 + 2 * incoming::runs_max) == arrival::fresh);
  CHECK(i.system_frames() == 0);
}

TEST_CASE("R4: over connections that end anywhere, every system frame arrives once and in order") {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    prng random{seed};
    outgoing from{1 << 20};
    incoming to{1};
    std::string sent, handled;
    std::string stream;  // one byte a frame
    std::uint64_t next_on_stream = 1;
    const auto deliver = [&](std::size_t most) {
      for (; most > 0 && !stream.empty(); --most) {
        if (to.system_frame(next_on_stream++) == arrival::fresh) handled.push_back(stream.front());
        stream.erase(0, 1);
      }
    };
    for (int step = 0; step < 200; ++step) switch (random.below(4)) {
        case 0:
          sent.push_back(static_cast<char>('a' + random.below(26)));
          REQUIRE(from.keep(std::string(1, sent.back())));
          stream += sent.back();
          break;
        case 1:
          deliver(random.below(4));
          break;
        case 2:
          REQUIRE(from.acknowledged(to.system_frames()));
          break;
        case 3: {  // the connection ends, what was on it is lost, and the next one goes on
          stream.clear();
          REQUIRE(from.goes_on(to.system_frames(), 0));
          next_on_stream = to.system_frames() + 1;
          from.go_on(to.system_frames(), 0, stream);
          break;
        }
      }
    deliver(stream.size());
    CHECK(handled == sent);
  }
}

TEST_CASE(
    "DL7: a system frame is overdue when it is still owed the limit after it has left, and not before") {
  outgoing kept{1000};
  send_queue queue;
  overdue o;
  time_point now{};
  const duration limit = seconds{10};
  const auto passes = [&](duration d) { return o.look(now += d, limit, kept, queue); };
  CHECK_FALSE(passes(hours{1}));
  queue.add(wire::lane::bulk, std::string(5000, 'x'), 0);
  REQUIRE(kept.keep("1"));
  queue.add_behind("1");
  CHECK_FALSE(passes(seconds{1}));
  CHECK_FALSE(passes(hours{1}));  // it waits here
  while (!queue.next().empty()) queue.wrote(queue.next().front().size());
  CHECK_FALSE(passes(seconds{1}));
  CHECK_FALSE(passes(limit - duration{1}));
  CHECK(passes(duration{1}));
  REQUIRE(kept.keep("2"));
  queue.add(wire::lane::ordinary, "2");
  while (!queue.next().empty()) queue.wrote(queue.next().front().size());
  CHECK(kept.acknowledged(1));
  CHECK_FALSE(passes(limit));  // the second has been looked at for the first time
  CHECK_FALSE(passes(limit - duration{1}));
  CHECK(kept.acknowledged(2));
  CHECK_FALSE(passes(limit));
  REQUIRE(kept.keep("3"));
  CHECK_FALSE(passes(limit));
  CHECK(passes(limit));
  o.begin_anew();
  CHECK_FALSE(passes(limit));
  CHECK(passes(limit));
}

TEST_CASE("DL7: what the other side could not have read is put off, and is overdue the limit after that") {
  outgoing kept{1000};
  send_queue queue;
  overdue o;
  time_point now{};
  const duration limit = seconds{10};
  const auto passes = [&](duration d) { return o.look(now += d, limit, kept, queue); };
  o.put_off(now);  // nothing is owed
  CHECK_FALSE(passes(limit));
  REQUIRE(kept.keep("1"));
  CHECK_FALSE(passes(seconds{1}));
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(passes(limit - seconds{1}));
    o.put_off(now);
  }
  CHECK_FALSE(passes(limit - seconds{1}));
  CHECK(passes(seconds{1}));
}

}  // namespace delivery_test
